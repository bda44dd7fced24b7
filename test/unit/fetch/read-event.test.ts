import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readEvent } from '../../../functions/fetch/read-event.ts';
import { ConfigError } from '../../../pipeline/errors.ts';

const known = { resources: ['hourly_weather', 'stations'], now: new Date('2026-11-21T10:05:00Z') };

describe('readEvent', () => {
  const good: [event: object, scheduledAt: string, resources?: string[]][] = [
    [{ scheduledAt: '2026-11-21T10:05:00Z' }, '2026-11-21T10:05:00Z'],
    [{ scheduledAt: '2026-11-21T10:05:00.999Z' }, '2026-11-21T10:05:00Z'],
    [{ scheduledAt: '2026-11-21T11:05:00+01:00' }, '2026-11-21T10:05:00Z'],
    [{ scheduledAt: '2026-11-21T10:10:00Z' }, '2026-11-21T10:10:00Z'],
    [
      { scheduledAt: '2026-11-21T10:05:00Z', resources: ['stations', 'stations'] },
      '2026-11-21T10:05:00Z',
      ['stations'],
    ],
  ];
  it('reads the event of an invocation that goes on', () => {
    const event = {
      scheduledAt: '2026-11-21T10:05:00Z',
      resources: ['stations'],
      continues: 3,
      notBefore: '2026-11-21T10:05:04.000Z',
    };
    expect(readEvent(event, known)).to.deep.equal(event);
  });

  for (const [event, scheduledAt, resources] of good) {
    it(`reads ${JSON.stringify(event)}`, () => {
      expect(readEvent(event, known)).to.deep.equal(resources ? { scheduledAt, resources } : { scheduledAt });
    });
  }

  it('reads the event file that the manual tells to invoke with', () => {
    const file = resolve(import.meta.dirname, '../../events/fetch.json');
    const event: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(readEvent(event, known).scheduledAt).to.match(/^2026-/);
  });

  const bad: [event: unknown, said: string][] = [
    [undefined, 'is missing, not an object'],
    [null, 'is null, not an object'],
    ['2026-11-21T10:05:00Z', 'is "2026-11-21T10:05:00Z", not an object'],
    [[], 'is [], not an object'],
    [{}, 'has no scheduledAt'],
    [{ time: '2026-11-21T10:05:00Z' }, "has 'time', which means nothing here"],
    [
      { scheduledAt: '2026-11-21T10:05:00Z', resource: 'stations' },
      "has 'resource', which means nothing here",
    ],
    [
      { scheduledAt: '<aws.scheduler.scheduled-time>' },
      'has scheduledAt "<aws.scheduler.scheduled-time>", not an ISO 8601 time',
    ],
    [{ scheduledAt: '2026-11-21' }, 'not an ISO 8601 time with seconds and zone'],
    [{ scheduledAt: '2026-11-21T10:05:00' }, 'not an ISO 8601 time'],
    [{ scheduledAt: '2026-13-21T10:05:00Z' }, 'not an ISO 8601 time'],
    [{ scheduledAt: 1_795_000_000 }, 'has scheduledAt 1795000000, not an ISO 8601 time'],
    [{ scheduledAt: '2026-11-21T10:10:01Z' }, 'which is in the future (it is 2026-11-21T10:05:00.000Z)'],
    [
      { scheduledAt: '2026-11-21T10:05:00Z', resources: 'stations' },
      'has resources "stations", not a list of names',
    ],
    [{ scheduledAt: '2026-11-21T10:05:00Z', resources: [] }, 'has resources [], not a list of names'],
    [{ scheduledAt: '2026-11-21T10:05:00Z', resources: [1] }, 'has resources [1], not a list of names'],
    [
      { scheduledAt: '2026-11-21T10:05:00Z', resources: ['station'] },
      "names the resource 'station'; the source has hourly_weather, stations",
    ],
    [{ scheduledAt: '2026-11-21T10:05:00Z', continues: 0 }, 'has continues 0, not a positive number'],
    [{ scheduledAt: '2026-11-21T10:05:00Z', continues: '1' }, 'has continues "1", not a positive number'],
    [{ scheduledAt: '2026-11-21T10:05:00Z', continues: 1.5 }, 'has continues 1.5, not a positive number'],
    [{ scheduledAt: '2026-11-21T10:05:00Z', notBefore: 'soon' }, 'has notBefore "soon", not a time'],
    [
      { scheduledAt: '2026-11-21T10:05:00Z', notBefore: '2026-11-21T10:15:00Z' },
      'has notBefore "2026-11-21T10:15:00Z", not a time that is past or near',
    ],
  ];
  for (const [event, said] of bad) {
    it(`refuses ${JSON.stringify(event)}`, () => {
      expect(() => readEvent(event, known)).to.throw(ConfigError, said);
      expect(() => readEvent(event, known)).to.throw(
        /^the event of this fetch .*; for example \{"scheduledAt":/,
      );
    });
  }
});
