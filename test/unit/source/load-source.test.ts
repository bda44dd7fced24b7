import { expect } from 'chai';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import type { SqlFault } from '../../../pipeline/source/check/check-expressions.ts';
import { formatProblems, type Problem } from '../../../pipeline/source/problem.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { changed, loadText, tracker, weather } from './load-weather.ts';
import { readMistakes } from './mistakes.ts';

describe('loadSource', () => {
  for (const [title, mistakes] of readMistakes()) {
    describe(title, () => {
      for (const { title: change, base, from, to, found } of mistakes) {
        it(change, async () => {
          const loaded = await loadText(changed(from, to, base));
          const problems = loaded.ok ? loaded.warnings : loaded.problems;
          expectFound(problems, found);
          expect(loaded.ok).to.equal(found.every((line) => line.includes(' warning: ')));
        });
      }
    });
  }

  it('takes a source without a fault, in any line ends and with a byte order mark', async () => {
    for (const source of [weather, tracker]) {
      const plain = await loadText(source);
      expect(plain.ok && plain.warnings).to.deep.equal([]);
      expect(await loadText(`\uFEFF${source.replaceAll('\n', '\r\n')}`)).to.deep.equal(plain);
    }
  });

  it('reports everything that is wrong at once, each with a frame', async () => {
    let text = changed('limit: 5', 'limit: [5]');
    text = changed('client:\n', 'client:\n  timout: PT1M\n', text);
    text = changed('temperature: double', 'temperature: decmal(5,2)', text);
    text = changed('{city.name}\n', '{city.nme}\n', text);
    const loaded = await loadText(text);
    expect(loaded.ok || formatProblems(loaded.problems)).to
      .equal(`sources/weather.yaml:4:3: unknown key 'timout'; did you mean 'timeout'?
3 | client:
4 |   timout: PT1M
  |   ^^^^^^
5 |   base_url: https://api.example.com/v1/

sources/weather.yaml:11:43: one value is expected, this is a list; many APIs take '5'
10 |       path: readings/{city.nme}
11 |       params: { lat: '{city.lat}', limit: [5] }
   |                                           ^^^
12 |     data_selector: $.data

sources/weather.yaml:16:20: 'decmal(5,2)' is no type: boolean, bigint, double, varchar, date, timestamp, string, integer, number, decimal(digits,scale)
15 |       time: { type: timestamp, unit: s }
16 |       temperature: decmal(5,2)
   |                    ^^^^^^^^^^^
17 |     primary_key: [city, time]
`);
  });

  it('merges resource_defaults under each resource, whose own values win', async () => {
    const loaded = await loadText(`version: 1
name: shared
client: { base_url: https://api.example.com/ }
resource_defaults:
  every: PT1H
  endpoint: { params: { a: 1, b: 2 }, headers: { X-A: a } }
  columns: { id: bigint, at: { type: timestamp, unit: s } }
  for_each: { city: [Berlin, Oslo] }
  partition_by: none
resources:
  - name: one
    endpoint: { path: 'one/{city}', params: { b: 3, a: null } }
    columns: { at: { type: timestamp, format: '%Y%z' }, more: string }
  - name: two
    endpoint: { path: 'two/{place}' }
    for_each: { place: [1] }
    partition_by: none
`);
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const [one, two] = loaded.source.resources;
    expect(one?.endpoint).to.deep.equal({
      ...defaultEndpoint,
      path: 'one/{city}',
      params: { b: '3' },
      headers: { 'X-A': 'a' },
    });
    expect(one?.table.columns.slice(0, 3)).to.deep.equal([
      { name: 'id', type: 'bigint' },
      { name: 'at', type: 'timestamp' },
      { name: 'more', type: 'varchar' },
    ]);
    expect(two?.slices).to.deep.equal([{ place: 1 }]);
    expect(two?.every_ms).to.equal(3_600_000);
  });

  it('answers any file that has lost, renamed or changed a value, and never throws', async function () {
    this.timeout(30_000);
    const sources: unknown[] = [parse(weather), parse(tracker)];
    const paths = sources.flatMap((source) => pathsOf(source));
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('{', '}', '$', '{city', '$.', 'P', '/', '\u0000', '..', 'none', 0, [], {}),
    );
    const change = fc.record({
      path: fc.constantFrom(...paths),
      act: fc.constantFrom('delete' as const, 'rename' as const, 'replace' as const),
      key: fc.oneof(fc.string(), fc.constantFrom(...paths.flat().map(String), 'constructor', 'toString')),
      value: odd,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sources),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (source, changes) => {
          const value: unknown = changes.reduce<unknown>(mutate, source);
          const loaded = await loadText(stringify(value));
          if (loaded.ok) expect(loaded.source.v).to.equal(1);
          else expect(loaded.problems.some((problem) => problem.severity === 'error')).to.equal(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('asks an engine about the expressions of each table, once nothing else is wrong', async () => {
    const asked: string[] = [];
    const checkSql = (table: TableDefinition): Promise<SqlFault[]> => {
      asked.push(table.name);
      const faults: Record<string, SqlFault[]> = {
        issues: [{ path: 'columns.score.expression', message: 'no such function', offset: 7 }],
        labels: [{ path: '', message: 'odd' }],
      };
      return Promise.resolve(faults[table.name] ?? []);
    };
    const loaded = await loadText(tracker, checkSql);
    expectFound(loaded.ok ? [] : loaded.problems, ['28:49 no such function', '38:9 odd']);
    expect(asked).to.deep.equal(['projects', 'issues', 'labels']);
    expect(await loadText(changed('points: double', 'points: dubble', tracker), checkSql)).to.include({
      ok: false,
    });
    expect(asked).to.have.length(3);
  });

  it('answers any text, and never throws', async function () {
    this.timeout(30_000);
    await fc.assert(
      fc.asyncProperty(fc.nat(weather.length), fc.nat(40), fc.string(), async (start, length, text) => {
        const loaded = await loadText(weather.slice(0, start) + text + weather.slice(start + length));
        expect(loaded.ok ? loaded.source.v : loaded.problems.length).to.be.greaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

function expectFound(problems: Problem[], expected: string[]): void {
  const found = problems.map(({ file, line, column, severity, message }) => {
    const place = file === 'sources/weather.yaml' ? '' : `${file}:`;
    return `${place}${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}`;
  });
  const starts = found.map((text, index) => text.slice(0, expected[index]?.length));
  expect(starts).to.deep.equal(expected, found.join('\n'));
  for (const { frame, line, column } of problems) {
    const rows = frame.split('\n');
    const caret = rows.findIndex((row) => /^ +\| +\^+$/.test(row));
    const shown = rows[caret - 1] ?? '';
    expect(shown).to.match(new RegExp(`^ *${line} \\|`));
    // A place far to the right is shown from near it on.
    const from = column > 80 ? column - 40 : 0;
    expect(rows[caret]?.indexOf('^')).to.equal(shown.indexOf('|') + 1 + column - from);
  }
}

interface Change {
  path: (string | number)[];
  act: 'delete' | 'rename' | 'replace';
  key: string;
  value: unknown;
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return [
    ...(path.length > 0 ? [path] : []),
    ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}

function mutate(value: unknown, change: Change): unknown {
  const [step, ...rest] = change.path;
  if (step === undefined || typeof value !== 'object' || value === null) return change.value;
  const mutated = (inner: unknown): unknown => mutate(inner, { ...change, path: rest });
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? mutated(item) : item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key !== step) return [[key, inner]];
      if (rest.length > 0 || change.act === 'replace') return [[key, mutated(inner)]];
      return change.act === 'delete' ? [] : [[change.key, inner]];
    }),
  );
}
