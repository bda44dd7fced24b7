import { expect } from 'chai';
import { runAck } from '../../../deploy/commands/ack.ts';
import { gapId, runGaps } from '../../../deploy/commands/gaps.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import type { GapItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { gapKey, recordGap } from '../../../pipeline/ledger/record-gap.ts';
import { fakeDynamo, type FakeDynamo } from '../../support/fake-dynamo.ts';
import { rejection } from '../../support/rejection.ts';

const noon = new Date('2026-11-21T12:00:00Z');
const issues = { resource: 'issues', slice: '', from: '2026-06-01T00:00:00Z', to: '2026-08-01T00:00:00Z' };
const orders = { resource: 'orders', slice: 'ab12', from: 7, to: 9 };

function idOf(gap: Parameters<typeof gapKey>[0]): string {
  return gapId(gapKey(gap));
}

describe('gaps', () => {
  let dynamo: FakeDynamo;
  let ledger: Ledger;
  beforeEach(async () => {
    dynamo = fakeDynamo();
    ledger = { table: 'weather-ledger', dynamo };
    await recordGap(ledger, issues, noon);
    await recordGap(ledger, orders, new Date(noon.getTime() + 1));
  });

  const itemOf = (gap: typeof issues): GapItem => {
    const { pk, sk } = gapKey(gap);
    return dynamo.items.get(JSON.stringify([pk, sk])) as unknown as GapItem;
  };

  async function run(
    command: (options: Parameters<typeof runAck>[0] & { exitCode?: boolean }) => Promise<number>,
    more: { gaps?: string[]; json?: boolean; exitCode?: boolean; over?: Ledger } = {},
  ) {
    const output = { out: '', err: '' };
    const code = await command({
      stackName: 'weather',
      gaps: more.gaps ?? [],
      json: more.json ?? false,
      exitCode: more.exitCode ?? false,
      stdout: { write: (text) => (output.out += text) },
      stderr: { write: (text) => (output.err += text) },
      ledger: more.over ?? ledger,
      now: noon,
    });
    return { code, ...output };
  }

  describe('catchwater gaps', () => {
    it('lists what nobody has acknowledged, with the command that does', async () => {
      const { code, out, err } = await run(runGaps);
      expect(code).to.equal(0);
      const [head, , ...rows] = out.trimEnd().split('\n');
      expect(head).to.match(/^gap +resource +slice +from +to +found$/);
      expect(rows).to.have.length(2);
      expect(rows[0]).to.match(/^\w{8} +issues +2026-06-01T00:00:00Z +2026-08-01T00:00:00Z +2026-11-21T12/);
      expect(err).to.match(new RegExp(`^2 gaps: .*catchwater ack ${idOf(issues)} --stack weather\n$`));
    });

    it('ends with 5 when it is asked to and one is open', async () => {
      expect((await run(runGaps, { exitCode: true })).code).to.equal(5);
      await run(runAck, { gaps: [idOf(issues), idOf(orders)] });
      expect(await run(runGaps, { exitCode: true })).to.deep.equal({
        code: 0,
        out: 'weather: no gap is open\n',
        err: '',
      });
    });

    it('prints one JSON document, numbers as numbers', async () => {
      const { out, err } = await run(runGaps, { json: true });
      expect(err).to.equal('');
      expect(JSON.parse(out)).to.deep.equal({
        schemaVersion: 1,
        stack: 'weather',
        gaps: [
          { gap: idOf(issues), ...issues, found: '2026-11-21T12:00:00.000Z' },
          { gap: idOf(orders), ...orders, found: '2026-11-21T12:00:00.001Z' },
        ],
      });
    });
  });

  describe('catchwater ack', () => {
    it('acknowledges one, named by its beginning, and leaves the others', async () => {
      const { code, out } = await run(runAck, { gaps: [idOf(issues).slice(0, 5)] });
      expect(code).to.equal(0);
      expect(out).to.equal(
        `acknowledged ${idOf(issues)}: issues, 2026-06-01T00:00:00Z to 2026-08-01T00:00:00Z\n`,
      );
      expect(itemOf(issues)).to.include({ acknowledged_at: noon.toISOString() });
      expect(itemOf(issues)).to.not.have.property('work');
      const { out: rest } = await run(runGaps);
      expect(rest).to.include(idOf(orders));
      expect(rest).to.not.include(idOf(issues));
    });

    for (const [what, name, words] of [
      ['does not know', 'ffffffff', /^no open gap of weather is called 'ffffffff'/],
      ['cannot tell from others', 'f', /^no open gap of weather is called 'f'/],
    ] as const) {
      it(`acknowledges nothing when there is one that it ${what}`, async () => {
        const error = await rejection(run(runAck, { gaps: [idOf(issues), name] }));
        expect(error).to.be.instanceOf(ConfigError);
        expect(error.message).to.match(words);
        expect(itemOf(issues)).to.not.have.property('acknowledged_at');
      });
    }

    it('leaves one open that has grown since it was listed, and ends with 1', async () => {
      let grown = false;
      const growing = async (command: never): Promise<never> => {
        if ((command as object).constructor.name === 'UpdateCommand' && !grown) {
          grown = true;
          await recordGap(ledger, { ...issues, to: '2026-09-01T00:00:00Z' }, noon);
        }
        return (await dynamo.send(command)) as never;
      };
      const over = { table: 'weather-ledger', dynamo: { send: growing } };
      const { code, out, err } = await run(runAck, { gaps: [idOf(issues)], over });
      expect({ code, out }).to.deep.equal({ code: 1, out: '' });
      expect(err).to.match(/^not acknowledged: .* has grown since/);
      expect(itemOf(issues)).to.include({ to: '2026-09-01T00:00:00Z', work: 'gap' });
      const later = await run(runAck, { gaps: [idOf(issues)], json: true });
      expect(JSON.parse(later.out)).to.deep.equal({
        schemaVersion: 1,
        stack: 'weather',
        acknowledged: [idOf(issues)],
        changed: [],
      });
    });
  });
});
