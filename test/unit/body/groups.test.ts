import { expect } from 'chai';
import { readWhole } from '../../../pipeline/body/read-whole.ts';
import { splitAnswers } from '../../../pipeline/body/split-answers.ts';
import { takeRecords } from '../../../pipeline/body/take-records.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import { rejection } from '../../support/rejection.ts';
import { answerOf, json, lenient } from './read-body.ts';

describe('the answers to a group of slices', () => {
  const splits: [body: string, path: string, answers: string[]][] = [
    ['[{"a": 1.10}, {"a":2}]', '$', ['{"a": 1.10}', '{"a":2}']],
    ['{"a": 1.10}', '$', ['{"a": 1.10}']],
    ['{"n":1,"l":[[1],[2]]}', '$.l', ['[1]', '[2]']],
    ['[]', '$', []],
  ];
  for (const [body, path, answers] of splits) {
    it(`are ${answers.join(' and ') || 'none'} in ${body} at ${path}`, () => {
      const texts = splitAnswers(Buffer.from(body), parseJsonPath(path)).map(String);
      expect(texts).to.deep.equal(answers);
    });
  }

  it('must be there', () => {
    expect(() => splitAnswers(Buffer.from('{}'), ['l'])).to.throw('no answers at $.l');
  });

  it('are read whole, judged, and each taken by itself', async () => {
    const judged: unknown[] = [];
    const judge = (document: unknown) => void judged.push(document);
    const body = '[{"h":{"t":[1,2]}},{"h":{"t":[ 3]}}]';
    const whole = await readWhole(answerOf(body), { ...lenient, judge, response: { format: 'json' } });
    expect(judged).to.deep.equal([JSON.parse(body)]);
    expect(whole).to.include({ bytes: body.length });
    const taken = splitAnswers(whole.json, []).map((answer) =>
      takeRecords(answer, JSON.parse(answer.toString()), { ...json, selector: ['h'], shape: 'columns' }),
    );
    expect(taken).to.deep.equal([
      { pieces: [{ body: Buffer.from('{"h":{"t":[1,2]}}') }], records: 2, kept: 2, lastRecord: { t: 2 } },
      { pieces: [{ body: Buffer.from('{"h":{"t":[ 3]}}') }], records: 1, kept: 1, lastRecord: { t: 3 } },
    ]);
  });

  it('fit into memory', async () => {
    const answer = answerOf('[1,2,3,4,5,6,7,8,9]', { chunk: 4 });
    const error = await rejection(
      readWhole(answer, { ...lenient, response: { format: 'json' }, maxBytes: 10 }),
    );
    expect(error.message).to.match(
      /the response has more than 0.1 MB, the most that a group may have; ask for less/,
    );
    expect(answer.body.destroyed).to.equal(true);
  });
});

describe('takeRecords', () => {
  it('cuts an answer that is longer than a line, with all that surrounds its list', () => {
    const body = Buffer.from('{"n":1,"l":[1, 2,3],"m":2}');
    const { pieces } = takeRecords(body, JSON.parse(body.toString()), {
      ...json,
      selector: ['l'],
      maxPieceBytes: 24,
    });
    expect(pieces.map((piece) => [piece.chunk, piece.body.toString()])).to.deep.equal([
      [1, '{"n":1,"l":[1, 2],"m":2}'],
      [2, '{"n":1,"l":[3],"m":2}'],
    ]);
  });
});
