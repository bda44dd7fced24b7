/** The table of `topics.ts`, a test for each row. */
import { expect } from 'chai';
import { createRowRunner, type RowRunner } from './run-rows.ts';
import { topics } from './topics.ts';

describe('conformance', () => {
  let runner: RowRunner;

  before(async () => {
    runner = await createRowRunner();
  });

  after(() => runner.stop());

  for (const [topic, rows] of Object.entries(topics)) {
    describe(topic, () => {
      for (const row of rows) {
        it(row.name, async () => {
          const why = await runner.run(row);
          expect(why.length, why.join('\n')).to.equal(0);
        });
      }
    });
  }

  it('has no two rows of one name', () => {
    const names = Object.values(topics).flatMap((rows) => rows.map(({ name }) => name));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).to.deep.equal([]);
  });
});
