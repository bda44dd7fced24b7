import { expect } from 'chai';
import type { Manifest } from '../../../pipeline/manifest.ts';
import { sumReport } from '../../../pipeline/sum-report.ts';
import { dispatchScene, weather } from '../../support/dispatch-scene.ts';
import { reportOn } from '../../support/fake-engine.ts';

/** One object of as many rows, of which some are filtered and some do not fit. */
interface Counts {
  rows: number;
  filtered: number;
  quarantined: number;
}

function limited(max: number | undefined): typeof weather {
  const resources = weather.resources.map((resource) => ({
    ...resource,
    table: { ...resource.table, ...(max !== undefined && { quarantine: { max_share: max } }) },
  }));
  return { ...weather, resources };
}

function report(manifest: Manifest, { rows, filtered, quarantined }: Counts) {
  const stored = rows - filtered - quarantined;
  const lines = reportOn(manifest)
    .slice(0, -1)
    .map((line) => {
      if (line.kind === 'object') return { ...line, rows, filtered, quarantined };
      return line.kind === 'file' ? { ...line, inserted: stored, rows_after: stored } : line;
    });
  const reasons = { cast: quarantined };
  return [...lines, { kind: 'quarantine' as const, table: 'weather', key: 'q', rows: quarantined, reasons }];
}

describe('a share of rows in quarantine', () => {
  for (const [counts, max, holds] of [
    [{ rows: 100, filtered: 0, quarantined: 2 }, 0.01, true],
    [{ rows: 100, filtered: 0, quarantined: 1 }, 0.01, false],
    [{ rows: 100, filtered: 0, quarantined: 1 }, 0, true],
    [{ rows: 100, filtered: 0, quarantined: 0 }, 0, false],
    [{ rows: 100, filtered: 60, quarantined: 1 }, 0.02, true],
    [{ rows: 20, filtered: 0, quarantined: 20 }, 0.99, true],
    [{ rows: 20, filtered: 1, quarantined: 19 }, 0.01, false],
    [{ rows: 19, filtered: 0, quarantined: 19 }, 0.01, false],
    [{ rows: 100, filtered: 0, quarantined: 100 }, undefined, false],
  ] as const) {
    const what = `${counts.quarantined} of ${counts.rows}, ${counts.filtered} filtered`;
    it(`of ${what}: ${holds ? 'holds' : 'does not hold'} a table that allows ${max ?? 'any'}`, async () => {
      const aws = dispatchScene();
      aws.land('weather', '2026-11-21T10:00:00Z', 1);
      await aws.wake(limited(max));
      const manifest = await aws.manifestOf(aws.run());
      const lines = report(manifest, counts);
      const sums = await sumReport(
        manifest,
        (async function* () {
          yield* [...lines, { kind: 'end' as const, lines: lines.length }];
        })(),
      );
      expect(sums.receipt.faults).to.deep.equal([]);
      const held = holds ? { [`quarantine: max_share ${max}`]: counts.quarantined } : {};
      expect(sums.tables[0]?.held).to.deep.equal(held);
      expect(sums.receipt.held).to.deep.equal(holds ? ['weather'] : undefined);
    });
  }

  it('that is too high holds the table: an error is logged, its good rows are published', async () => {
    const aws = dispatchScene();
    aws.land('weather', '2026-11-21T10:00:00Z', 1);
    await aws.wake(limited(0.01));
    const manifest = await aws.manifestOf(aws.run());
    await aws.report(() => report(manifest, { rows: 100, filtered: 0, quarantined: 50 }));
    await aws.wake(limited(0.01));
    expect(aws.loadStates()).to.deep.equal(['closed']);
    expect(aws.objectStates()).to.deep.equal(['done']);
    expect(aws.loads()[0]?.receipt).to.deep.include({ inserted: 50, quarantined: 50, held: ['weather'] });
    expect(aws.logs.find(({ event }) => event === 'table held')).to.deep.equal({
      event: 'table held',
      level: 'ERROR',
      load: aws.loads()[0]?.load,
      table: 'weather',
      rules: { 'quarantine: max_share 0.01': 50 },
    });
    expect(JSON.parse(aws.events[0]?.Detail ?? '')).to.deep.include({
      held: { 'quarantine: max_share 0.01': 50 },
    });
  });
});
