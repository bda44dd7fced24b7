import { expect } from 'chai';
import * as fc from 'fast-check';
import { readCadence } from '../../../deploy/status/read-cadence.ts';
import { ageOf, spellSpan, spellTime, writeDuration } from '../../../deploy/status/spell-time.ts';
import { parseDuration } from '../../../pipeline/source/duration.ts';

const minute = 60_000;

describe('times and spans for people', () => {
  const table: [ms: number, words: string][] = [
    [0, '0 s'],
    [400, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [89 * minute, '89 min'],
    [90 * minute, '2 h'],
    [35 * 60 * minute, '35 h'],
    [36 * 60 * minute, '2 d'],
    [400 * 24 * 60 * minute, '400 d'],
  ];
  for (const [ms, words] of table) {
    it(`spells ${ms} ms as ${words}`, () => {
      expect(spellSpan(ms)).to.equal(words);
    });
  }

  it('shows minutes in UTC, and no age of what is yet to come', () => {
    expect(spellTime('2026-11-21T12:05:59.999Z')).to.equal('2026-11-21 12:05');
    expect(ageOf('2026-11-21T12:05:10Z', new Date('2026-11-21T12:05:00Z'))).to.equal(0);
  });

  it('writes durations as a source file reads them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (minutes) => {
        expect(parseDuration(writeDuration(minutes * minute))).to.equal(minutes * minute);
      }),
    );
    expect([30, 60, 90, 1440, 2880].map((minutes) => writeDuration(minutes * minute))).to.deep.equal([
      'PT30M',
      'PT1H',
      'PT90M',
      'P1D',
      'P2D',
    ]);
  });
});

describe('readCadence', () => {
  const table: [expression: string, ms: number | undefined][] = [
    ['rate(1 minute)', minute],
    ['rate(15 minutes)', 15 * minute],
    ['rate(1 hour)', 60 * minute],
    ['rate(2 days)', 2 * 1440 * minute],
    ['cron(5 * * * ? *)', undefined],
    ['', undefined],
  ];
  for (const [expression, ms] of table) {
    it(`reads ${expression || 'nothing'}`, () => {
      expect(readCadence(expression)).to.equal(ms);
    });
  }
});
