import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Manifest } from '../../../pipeline/manifest.ts';
import type { ReportFile, ReportLine, ReportObject } from '../../../pipeline/report.ts';
import { sumReport, type LoadSums } from '../../../pipeline/sum-report.ts';
import { landedObject, tableSpec } from '../../support/load-samples.ts';

const hour = 'year=2026/month=11/day=21/hour=10';

const manifest: Manifest = {
  header: {
    kind: 'manifest',
    v: 1,
    load: 'L2',
    token: 2,
    staging_bucket: 'staging',
    curated_bucket: 'curated',
    ledger_table: 'ledger',
    recovers: [],
    report_key: 'loads/L2/report.ndjson.gz',
    quarantine_prefix: 'quarantine/',
    tables: [tableSpec('weather', 'hour'), tableSpec('cities', 'none')],
  },
  objects: [
    { kind: 'object', table: 'weather', ...landedObject('raw/a') },
    { kind: 'object', table: 'weather', ...landedObject('raw/b') },
    { kind: 'object', table: 'cities', ...landedObject('raw/c') },
  ],
};

function object(key: string, table: string, counts: Partial<ReportObject>): ReportObject {
  const { version_id } = landedObject(key);
  return {
    kind: 'object',
    table,
    key,
    version_id,
    lines: 1,
    rows: 0,
    quarantined: 0,
    filtered: 0,
    ...counts,
  };
}

function file(key: string, table: string, counts: Partial<ReportFile>): ReportFile {
  return {
    kind: 'file',
    table,
    key,
    etag_before: null,
    etag_after: '"a"',
    written: true,
    bytes: 1,
    rows_before: 0,
    rows_after: 0,
    inserted: 0,
    updated: 0,
    duplicate: 0,
    recovered: 0,
    removed: 0,
    ...counts,
  };
}

function violation(table: string, action: 'warn' | 'fail', rows: number): ReportLine {
  return { kind: 'violation', table, action, reason: 'below_min', column: 'people', rows };
}

const good: ReportLine[] = [
  { kind: 'report', v: 1, load: 'L2', engine: { name: 'glue', versions: {}, figures: {} } },
  object('raw/a', 'weather', { rows: 10, quarantined: 2, filtered: 1 }),
  object('raw/b', 'weather', { rows: 5 }),
  object('raw/c', 'cities', { rows: 4 }),
  file(`weather/${hour}/part-0.parquet`, 'weather', {
    rows_before: 4,
    inserted: 6,
    updated: 1,
    duplicate: 2,
    recovered: 1,
    rows_after: 11,
  }),
  file(`weather/${hour.replace('10', '11')}/part-0.parquet`, 'weather', {
    rows_before: 3,
    duplicate: 3,
    rows_after: 3,
    written: false,
  }),
  file('cities/part-0.parquet', 'cities', {
    inserted: 3,
    removed: 4,
    deleted: 1,
    vanished: 1,
    moved: 2,
    rows_before: 5,
    rows_after: 4,
  }),
  {
    kind: 'quarantine',
    table: 'weather',
    key: 'quarantine/weather/load=L2/0.gz',
    rows: 2,
    reasons: { cast: 2 },
  },
  { kind: 'drift', table: 'weather', field: 'uv', rows: 4 },
  { kind: 'drift', table: 'weather', field: 'uv', rows: 1 },
  violation('cities', 'warn', 2),
  violation('cities', 'warn', 1),
  violation('cities', 'fail', 1),
  { kind: 'end', lines: 13 },
];

/** The first object breaks off. */
function cut(lines: number, reasons: Record<string, number>): ReportLine[] {
  return [
    good[0] as ReportLine,
    object('raw/a', 'weather', { lines, rows: 2, quarantined: 2 }),
    object('raw/b', 'weather', {}),
    object('raw/c', 'cities', {}),
    { kind: 'quarantine', table: 'weather', key: 'q', rows: 2, reasons },
    { kind: 'end', lines: 5 },
  ];
}

async function sum(lines: readonly ReportLine[], of = manifest): Promise<LoadSums> {
  async function* stream(): AsyncGenerator<ReportLine> {
    yield* structuredClone(lines);
  }
  return sumReport(of, stream());
}

/** DynamoDB takes no NaN: a receipt with one could never be written, and its load would never end. */
function storable(receipt: object): boolean {
  return Object.values(receipt).every((value) => typeof value !== 'number' || Number.isFinite(value));
}

describe('sumReport', () => {
  it('sums a report that adds up, per table and in all', async () => {
    const { receipt, tables } = await sum(good);
    expect(receipt).to.deep.equal({
      objects: 3,
      lines: 3,
      rowsParsed: 19,
      filtered: 1,
      quarantined: 2,
      duplicate: 5,
      updated: 1,
      inserted: 9,
      deleted: 1,
      rowsBefore: 12,
      rowsAfter: 18,
      recovered: 1,
      removed: 4,
      vanished: 1,
      moved: 2,
      files: 3,
      filesWritten: 2,
      balanced: true,
      faults: [],
      held: ['cities'],
    });
    const [weather, cities] = tables;
    expect(weather?.receipt).to.include({
      objects: 2,
      rowsParsed: 15,
      inserted: 6,
      files: 2,
      balanced: true,
    });
    expect(weather?.touched).to.deep.equal([hour, hour.replace('10', '11')]);
    expect(weather?.changed).to.deep.equal([hour]);
    expect(weather?.quarantined).to.deep.equal({ cast: 2 });
    expect(weather?.drift).to.deep.equal({ uv: 5 });
    expect(cities?.touched).to.deep.equal(['']);
    expect(cities?.receipt).to.include({ objects: 1, rowsParsed: 4, rowsAfter: 4, balanced: true });
    expect(cities).to.deep.include({ warned: { 'people: below_min': 3 }, held: { 'people: below_min': 1 } });
    expect(weather).to.deep.include({ warned: {}, held: {} });
  });

  it('accepts the lines between header and end in any order', async () => {
    const [header, ...others] = good;
    const end = others.pop();
    if (!header || !end) throw new Error('a report has a header and an end');
    const expected = await sum(good);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(others, { minLength: others.length }), async (lines) => {
        expect(await sum([header, ...lines, end])).to.deep.equal(expected);
      }),
      { numRuns: 30 },
    );
  });

  const counted = {
    object: ['lines', 'rows', 'quarantined', 'filtered'],
    file: [
      'rows_before',
      'rows_after',
      'inserted',
      'updated',
      'duplicate',
      'recovered',
      'removed',
      'deleted',
      'vanished',
      'moved',
    ],
    quarantine: ['rows'],
    end: ['lines'],
  } as const;
  const places = good.flatMap((line, index) =>
    (line.kind in counted ? counted[line.kind as keyof typeof counted] : [])
      .filter((name) => name in line)
      .map((name) => [index, name] as const),
  );

  it('is unbalanced when any one count is wrong or missing', async () => {
    for (const [index, name] of places) {
      for (const wrong of [1, -1, undefined, 'text']) {
        const lines: Record<string, unknown>[] = structuredClone(good) as never;
        const line = lines[index] ?? {};
        line[name] = typeof wrong === 'number' ? Number(line[name]) + wrong : wrong;
        const { receipt } = await sum(lines as never);
        expect(receipt.balanced, `${JSON.stringify(line)} ${name}`).to.equal(false);
        expect(receipt.faults.length).to.be.greaterThan(0);
        expect(storable(receipt), `${JSON.stringify(line)} ${name}`).to.equal(true);
      }
    }
  });

  it('is unbalanced when any one line is missing or doubled', async () => {
    for (const [index, line] of good.entries()) {
      expect((await sum(good.toSpliced(index, 1))).receipt.balanced, `without ${line.kind}`).to.equal(false);
      // The end line twice says the same twice.
      if (line.kind === 'end') continue;
      expect((await sum(good.toSpliced(index, 0, line))).receipt.balanced, `twice ${line.kind}`).to.equal(
        false,
      );
    }
  });

  it('knows what each raw object had in it, over all tables that it feeds', async () => {
    const tables = [tableSpec('weather', 'hour'), tableSpec('cities', 'none')];
    const objects = ['weather', 'cities'].map((table) => ({
      kind: 'object' as const,
      table,
      ...landedObject('raw/a'),
    }));
    const { objects: found } = await sum(
      [
        object('raw/a', 'weather', { rows: 9, filtered: 2, quarantined: 1 }),
        object('raw/a', 'cities', { rows: 5, quarantined: 2 }),
      ],
      { header: { ...manifest.header, tables }, objects },
    );
    expect([...found]).to.deep.equal([['raw/a', { rows: 7, quarantined: 3 }]]);
  });

  describe('of objects that break off', () => {
    const cases: [what: string, lines: number, reasons: Record<string, number>, balanced: boolean][] = [
      ['is told of in quarantine: its end is missing', 7, { truncated_gzip: 1, cast: 1 }, true],
      ['is told of in quarantine: it is damaged', 7, { broken_gzip: 2 }, true],
      ['is told of in quarantine: only its end mark is missing', 1, { truncated_gzip: 2 }, true],
      ['is not told of', 7, { not_utf8: 2 }, false],
    ];
    for (const [what, lines, reasons, balanced] of cases) {
      it(`lines may be missing where that ${what}: ${balanced}`, async () => {
        const { receipt } = await sum(cut(lines, reasons));
        expect(receipt).to.include({ lines: lines + 2, balanced });
        if (!balanced) expect(receipt.faults).to.deep.equal(['weather: raw/a: 1 lines landed, 7 read']);
      });
    }

    it('excuses no more of them than quarantine tells of', async () => {
      const lines = cut(7, { truncated_gzip: 1, cast: 1 });
      const { receipt } = await sum(lines.with(2, object('raw/b', 'weather', { lines: 0 })));
      expect(receipt.faults).to.deep.equal([
        'weather: raw/a: 1 lines landed, 7 read',
        'weather: raw/b: 1 lines landed, 0 read',
      ]);
    });

    it('asks nothing of what no fetch has landed', async () => {
      const objects = manifest.objects.map(({ lines: _landed, ...rest }) => rest);
      const { receipt } = await sum(cut(7, { cast: 2 }), { ...manifest, objects });
      expect(receipt.balanced).to.equal(true);
    });
  });

  it('names the files as the load has left them, by their keys', async () => {
    const { files } = await sum(good);
    expect(files.map(({ table, key, rows }) => [table, key, rows])).to.deep.equal([
      ['cities', 'cities/part-0.parquet', 4],
      ['weather', `weather/${hour}/part-0.parquet`, 11],
      ['weather', `weather/${hour.replace('10', '11')}/part-0.parquet`, 3],
    ]);
    expect(files[0]).to.include({ etag: '"a"' });
  });

  it('accepts a load that reads no object and only sweeps', async () => {
    const marks = { cities: { at: '2026-11-21T10:00:00.000Z', sweep: true as const } };
    const { receipt, objects } = await sum(
      [
        good[0] as ReportLine,
        file('cities/part-0.parquet', 'cities', { rows_before: 5, rows_after: 2, removed: 3, vanished: 3 }),
        { kind: 'end', lines: 2 },
      ],
      { header: { ...manifest.header, marks }, objects: [] },
    );
    expect(receipt).to.include({ objects: 0, rowsParsed: 0, removed: 3, vanished: 3, balanced: true });
    expect(objects.size).to.equal(0);
  });

  it('looks for the files of a later generation in its own folder', async () => {
    const header = { ...manifest.header, folders: { weather: 'weather.g2' } };
    const moved = good.map((line) =>
      line.kind === 'file' ? { ...line, key: line.key.replace(/^weather\//, 'weather.g2/') } : line,
    );
    const { tables, receipt } = await sum(moved, { ...manifest, header });
    expect(receipt.faults).to.deep.equal([]);
    expect(tables[0]?.touched).to.deep.equal([hour, hour.replace('10', '11')]);
    expect((await sum(good, { ...manifest, header })).receipt.faults.join()).to.contain(
      'is not a file that this table may have',
    );
  });

  const without = (index: number, line: object): ReportLine[] =>
    good.with(index, { ...good[index], ...line } as ReportLine);
  const cases: [string, ReportLine[], string][] = [
    ['of another load', without(0, { load: 'L1' }), 'the report is that of the load L1'],
    ['of another version', without(0, { v: 2 }), 'the report has version 2'],
    ['with a line that is none', [...good, null as never], 'the report holds null where'],
    ['with a number for a line', [7 as never, ...good], 'the report holds 7 where'],
    ['that is empty', [], 'the report is cut short: 0 lines, no at its end line'],
    ['without an end', good.slice(0, -1), 'the report is cut short: 13 lines, no at its end line'],
    [
      'on another version of an object',
      without(1, { version_id: 'v-2' }),
      'raw/a is in the manifest, not in',
    ],
    ['on an unknown table', without(3, { table: 'towns' }), 'the report names the table towns'],
    [
      'on a file of another table',
      without(6, { key: 'weather/part-0.parquet' }),
      'cities: weather/part-0.parquet is not a file that this table may have',
    ],
    [
      'on a file too many',
      without(6, { key: 'cities/part-1.parquet' }),
      'cities: cities/part-1.parquet is not a file that this table may have',
    ],
    [
      'of which rows have gone nobody knows where',
      without(6, { moved: 1 }),
      'cities: 4 rows removed, but 1 deleted + 1 vanished + 1 moved = 3',
    ],
    [
      'that adds up in all but not per table',
      without(2, { rows: 4 }).with(3, object('raw/c', 'cities', { rows: 5 })),
      'weather: 14 rows parsed, but 15 accounted for',
    ],
  ];
  for (const [what, lines, fault] of cases) {
    it(`finds the fault in a report ${what}`, async () => {
      const { receipt } = await sum(lines);
      expect(receipt.balanced).to.equal(false);
      expect(receipt.faults.join('\n')).to.contain(fault);
    });
  }

  it('has a fault for lines that nobody has counted', async () => {
    const objects = manifest.objects.map(({ lines: _landed, ...rest }) => rest);
    const { receipt } = await sum(without(1, { lines: undefined }), { ...manifest, objects });
    expect(receipt.faults).to.deep.equal([
      'weather: lines cannot be counted: the report lacks a number, or has something else in its place',
    ]);
    expect(receipt).to.include({ lines: 0, balanced: false });
  });

  it('cuts a fault that quotes much', async () => {
    const { receipt } = await sum([...good, 'x'.repeat(100_000) as never]);
    expect(receipt.faults[0]).to.have.length(1000);
  });

  it('names some of many faults', async () => {
    const [header] = good;
    const objects = Array.from({ length: 100 }, (_, number) => object(`raw/x${number}`, 'weather', {}));
    const { receipt } = await sum([header as ReportLine, ...objects, { kind: 'end', lines: 101 }]);
    expect(receipt.faults).to.have.length(21);
    expect(receipt.faults.at(-1)).to.match(/^and \d+ more$/);
  });
});
