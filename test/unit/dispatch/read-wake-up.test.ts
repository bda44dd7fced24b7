import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readWakeUp } from '../../../functions/dispatch/read-wake-up.ts';

function eventFile(name: string): unknown {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../../events', name), 'utf8'));
}

describe('readWakeUp', () => {
  it('names the messages of a batch that are no event of S3', () => {
    expect(readWakeUp(eventFile('dispatch-s3-events.json'))).to.deep.equal([
      { messageId: '059f36b4-87a3-44ab-83d2-661975040002', reason: 'a test event of S3' },
      { messageId: '059f36b4-87a3-44ab-83d2-661975040003', reason: 'not JSON' },
    ]);
  });

  const silent: [string, unknown][] = [
    ['a Glue state change', eventFile('dispatch-glue-state-change.json')],
    ['a tick', eventFile('dispatch-tick.json')],
    ['an empty batch', { Records: [] }],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['records that are none', { Records: 'x' }],
  ];
  for (const [what, event] of silent) {
    it(`has nothing to say about ${what}`, () => {
      expect(readWakeUp(event)).to.deep.equal([]);
    });
  }

  const odd: [unknown, string][] = [
    ['', 'not JSON'],
    [undefined, 'not JSON'],
    ['null', 'not an event of S3'],
    ['7', 'not an event of S3'],
    ['{}', 'not an event of S3'],
    ['{"Records":{}}', 'not an event of S3'],
  ];
  for (const [body, reason] of odd) {
    it(`takes the body ${JSON.stringify(body)} as ${reason}`, () => {
      expect(readWakeUp({ Records: [{ messageId: 'm', body }] })).to.deep.equal([{ messageId: 'm', reason }]);
    });
  }

  it('takes a record that is null', () => {
    expect(readWakeUp({ Records: [null] })).to.deep.equal([{ messageId: 'unknown', reason: 'not JSON' }]);
  });
});
