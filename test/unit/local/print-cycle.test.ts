import { expect } from 'chai';
import { formatTable } from '../../../deploy/format-table.ts';
import { partitionTree, receiptLine } from '../../../local/print-cycle.ts';
import { makeReceipt, noCounts } from '../../../pipeline/receipt.ts';
import type { ReportFile } from '../../../pipeline/report.ts';

function file(key: string, counts: Partial<ReportFile> = {}): ReportFile {
  const zeroes = { rows_before: 0, inserted: 0, updated: 0, duplicate: 0, recovered: 0, removed: 0 };
  const named = { kind: 'file', table: 't', key, etag_before: null, etag_after: 'e' } as const;
  return { ...named, ...zeroes, written: true, bytes: 7600, rows_after: 8, ...counts };
}

describe('the tree of partitions', () => {
  it('names each folder once and says what became of each file', () => {
    const tree = partitionTree('curated', [
      file('t/year=2026/month=11/day=20/hour=23/part-0.parquet', { inserted: 8 }),
      file('t/year=2026/month=11/day=21/hour=00/part-0.parquet', {
        updated: 2,
        inserted: 1,
        rows_after: 1200,
      }),
      file('t/year=2026/month=11/day=21/hour=01/part-0.parquet', { written: false, rows_after: 1 }),
    ]);
    expect(tree.split('\n').map((line) => line.replaceAll(/ {2,}(?=\S)/g, '  '))).to.deep.equal([
      's3://curated/',
      '  t/',
      '  year=2026/',
      '  month=11/',
      '  day=20/',
      '  hour=23/part-0.parquet  8 rows  7.6 KB  8 inserted',
      '  day=21/',
      '  hour=00/part-0.parquet  1,200 rows  7.6 KB  1 inserted, 2 updated',
      '  hour=01/part-0.parquet  1 row  7.6 KB  unchanged',
    ]);
  });

  it('shows the newest files of very many', () => {
    const files = Array.from({ length: 200 }, (_, day) =>
      file(`t/day=${String(day).padStart(3, '0')}/part-0.parquet`),
    );
    const tree = partitionTree('curated', files);
    expect(tree)
      .to.include('… 140 files before these')
      .and.to.include('day=199/')
      .and.not.to.include('day=139/');
  });
});

describe('the line of a receipt', () => {
  const counts = { ...noCounts(), rowsParsed: 1500, inserted: 1488, duplicate: 10, deleted: 2, files: 3 };

  it('adds up', () => {
    expect(receiptLine(makeReceipt([counts], []))).to.equal(
      '1,500 rows parsed = 10 duplicate + 1,488 inserted + 2 deleted · 0 of 3 files written · balanced',
    );
  });

  it('shouts when it does not', () => {
    expect(receiptLine(makeReceipt([counts], ['one row too few']))).to.match(
      /· NOT BALANCED: one row too few$/,
    );
  });
});

describe('the table of an answer', () => {
  it('has columns as wide as their widest value', () => {
    const rows = [
      { city: 'Berlin', t: 8.1 },
      { city: 'New York', t: null },
    ];
    expect(formatTable(rows)).to.equal(
      ['city      t', '────────  ───', 'Berlin    8.1', 'New York'].join('\n'),
    );
  });
});
