import { expect } from 'chai';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import type { Change, StoredTable } from '../../../pipeline/table/compare-change.ts';
import { compareSources, type StoredData } from '../../../pipeline/table/compare-sources.ts';
import { changed, loadText, tracker, weather } from '../source/load-weather.ts';
import { sourceChanges } from './source-changes.ts';

async function compile(text: string): Promise<CompiledSource> {
  const loaded = await loadText(text);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.source;
}

/** The ledger of a stack that has loaded every table of the source, and fetched every resource. */
function loadedFrom(source: CompiledSource): StoredData {
  const tables = source.resources.flatMap(({ table, child_tables }) => [table, ...child_tables]);
  return {
    tables: new Map(tables.map((table): [string, StoredTable] => [table.name, table])),
    cursors: new Set(source.resources.map(({ name }) => name)),
  };
}

async function compare(was: string, is: string, stored?: StoredData): Promise<Change[]> {
  const [before, after] = [await compile(was), await compile(is)];
  return compareSources({ before, after, stored: stored ?? loadedFrom(before) });
}

const short = ({ resource = '', table, what, verdict }: Change): string =>
  [...(table === undefined ? [resource] : [resource, table]), what, verdict].join(' · ');

describe('compareSources', () => {
  for (const [text, [what, from, to, expected, words]] of sourceChanges.flatMap(([source, changes]) =>
    changes.map((change) => [source, change] as const),
  )) {
    it(`tells of ${what}`, async () => {
      const changes = await compare(text, changed(from, to, text));
      expect(changes.map(short)).to.deep.equal(expected);
      expect(
        changes.map(({ change, means, remedy = '' }) => `${change}\n${means}\n${remedy}`).join('\n'),
      ).to.match(words);
      for (const { verdict, remedy } of changes) expect(remedy !== undefined).to.equal(verdict === 'refused');
    });
  }

  it('finds nothing between a source and itself', async () => {
    expect(await compare(tracker, `# a comment\n${tracker}`)).to.deep.equal([]);
  });

  it('lets everything through while nothing is stored', async () => {
    const nothing = { tables: new Map(), cursors: new Set<string>() };
    const changes = await compare(weather, changed('temperature: double', 'degrees: bigint'), nothing);
    expect(changes.map(short)).to.deep.equal([
      'readings · column dropped · safe',
      'readings · column added · safe',
    ]);
    expect(changes[0]?.means).to.equal('Nothing of this table is stored yet: it is made so.');
  });

  it('asks what is stored, not what was deployed and never loaded', async () => {
    const stored = loadedFrom(await compile(weather));
    const deployed = changed('temperature: double', 'temperature: bigint');
    expect((await compare(deployed, weather, stored)).map(short)).to.deep.equal([
      'readings · column retyped · safe',
    ]);
    const without = changed('      temperature: double\n', '');
    expect((await compare(without, weather, stored)).map(short)).to.deep.equal([
      'readings · column added · safe',
    ]);
    const rainy = changed('temperature: double', 'temperature: double\n      rain: double');
    expect((await compare(rainy, weather, stored)).map(short)).to.deep.equal([
      'readings · column dropped · safe',
    ]);
    const wet = changed('rain: double', 'rain: string', rainy);
    expect((await compare(rainy, wet, stored)).map(short)).to.deep.equal([
      'readings · column retyped · safe',
    ]);
    const daily = changed('event_time: time\n', 'event_time: time\n    partition_by: day\n');
    expect((await compare(daily, weather, stored)).map(short)).to.deep.equal([
      'readings · partitioning changed · safe',
    ]);
    expect((await compare(deployed, deployed, stored)).map(short)).to.deep.equal([
      'readings · column retyped · refused',
    ]);
  });

  it('compares with what is stored alone where the deployed source cannot be read', async () => {
    const stored = loadedFrom(await compile(weather));
    const after = await compile(changed('temperature: double', 'rain: double'));
    expect(compareSources({ after, stored }).map(short)).to.deep.equal([
      'readings · column dropped · refused',
      'readings · column added · needs reprocess',
    ]);
    expect(compareSources({ after })).to.deep.equal([]);
  });

  it('judges by the deployed source where the ledger cannot be read', async () => {
    const before = await compile(weather);
    const after = await compile(changed('temperature: double', 'temperature: bigint'));
    expect(compareSources({ before, after }).map(short)).to.deep.equal([
      'readings · column retyped · refused',
    ]);
  });

  it('finds a table of an earlier source that had the name', async () => {
    const before = await compile(weather);
    const stored = loadedFrom(await compile(tracker));
    const both = `${weather}${tracker.slice(tracker.indexOf('  - name: projects'), tracker.indexOf('  - name: issues')).replace('id: bigint', 'id: string')}`;
    const after = await compile(both);
    const tables = new Map([...stored.tables, ...loadedFrom(before).tables]);
    expect(compareSources({ before, after, stored: { ...stored, tables } }).map(short)).to.deep.equal([
      'projects · table added · safe',
      'projects · column widened · refused',
    ]);
  });

  it('says that it cannot tell where an older version has left no definitions', async () => {
    const before = await compile(weather);
    const after = await compile(
      changed('temperature: double', 'temperature: { type: double, from: $.temp }'),
    );
    const old = before.resources.map(
      ({ definitions: _definitions, protect: _protect, ...resource }) => resource,
    );
    const compared = compareSources({ before: { ...before, resources: old } as CompiledSource, after });
    expect(compared.map(short)).to.deep.equal(['readings · statements changed · needs reprocess']);
  });

  it('says so when it is the compiler that has changed', async () => {
    const [before, after] = [await compile(weather), await compile(weather)];
    const [resource] = after.resources;
    if (resource) resource.table.parse_sql += ' ';
    expect(compareSources({ before, after }).map(short)).to.deep.equal([
      'readings · statements changed · safe',
    ]);
  });

  it('says so when it cannot name what differs', async () => {
    const [before, after] = [await compile(weather), await compile(weather)];
    const [resource] = after.resources;
    if (resource) resource.envelope = ['$.meta'];
    expect(compareSources({ before, after }).map(short)).to.deep.equal([' · other · safe']);
  });

  it('has a cursor that cannot be read named', async () => {
    const to = 'cursor_path: $.updated_at, cursor_type: number, initial_value: 0, bounds: half_open';
    const is = changed(
      "cursor_path: $.updated_at, initial_value: '2024-01-01', bounds: half_open",
      to,
      tracker,
    );
    const [change] = await compare(tracker, is);
    expect(change?.means).to.include('A cursor that is no number fails every fetch');
    const before = await compile(tracker);
    const changes = await compare(tracker, is, { ...loadedFrom(before), cursors: new Set() });
    expect(changes.map(short)).to.include('issues · incremental changed · safe');
  });

  describe('of a table that several resources feed', () => {
    const events = `  - name: title_changes
    table_name: projects
    endpoint: { path: changes }
    columns: { id: bigint, title: { type: string, from: $.new_title } }
    primary_key: id
    order_by: id
    partition_by: none
`;
    const alone = changed('primary_key: id\n', 'primary_key: id\n    order_by: id\n', tracker);
    const both = `${alone}${events}`;

    it('finds nothing between a source and itself', async () => {
      expect(await compare(both, `# a comment\n${both}`)).to.deep.equal([]);
    });

    it('tells of a resource that joins, that goes, and that is renamed', async () => {
      const [joins, ...others] = await compare(alone, both);
      expect(joins && short(joins)).to.equal('title_changes · table added · safe');
      expect(joins?.means).to.equal('It is fetched from the next beat on, into the table of projects.');
      expect(others).to.deep.equal([]);
      expect((await compare(both, alone)).map(short)).to.deep.equal(['title_changes · table removed · safe']);
      const renamed = await compare(both, changed('name: title_changes', 'name: title_news', both));
      expect(renamed.map(short)).to.deep.equal([
        'title_news · other · safe',
        'title_changes · table removed · safe',
      ]);
      expect(renamed[0]?.means).to.equal('It feeds the same table, from the next beat on.');
    });

    it('refuses at each of them what the files cannot follow, and tells how one reads where it does', async () => {
      const retyped = both
        .replaceAll('title: string', 'title: bigint')
        .replace('type: string, from: $.new', 'type: bigint, from: $.new');
      expect((await compare(both, retyped)).map(short)).to.deep.equal([
        'projects · column retyped · refused',
        'title_changes · projects · column retyped · refused',
      ]);
      const [own, shared] = await compare(both, retyped);
      expect(own?.remedy).to.match(
        /deploy --reprocess.*Or give the resource another name: that makes a new table/,
      );
      expect(shared?.remedy).to.match(
        /deploy --reprocess.*Or choose another table_name: that makes a new table/,
      );
      expect((await compare(both, changed('$.new_title', '$.title', both))).map(short)).to.deep.equal([
        'title_changes · projects · column read otherwise · needs reprocess',
      ]);
    });

    it('tells of a resource that goes to another table, or has its table renamed', async () => {
      const apart = changed('    table_name: projects\n', '', both);
      const [moved, ...others] = await compare(apart, both);
      expect(moved && short(moved)).to.equal('title_changes · projects · table renamed · needs reprocess');
      expect(moved?.means).to.include(
        'into that table, which projects feeds too; the rows of title_changes stay',
      );
      expect(others).to.deep.equal([]);
      expect((await compare(both, apart)).map(short)).to.deep.equal([
        'title_changes · table renamed · needs reprocess',
      ]);
      const renamed = changed(
        '  - name: projects\n',
        '  - name: projects\n    table_name: folders\n',
        tracker,
      );
      expect((await compare(tracker, renamed)).map(short)).to.deep.equal([
        'projects · folders · table renamed · needs reprocess',
      ]);
    });

    it('compares a new resource with the table that a former one has left', async () => {
      const after = changed('  - name: projects\n', '  - name: folders\n    table_name: projects\n', tracker)
        .replace('resource: projects', 'resource: folders')
        .replace('id: bigint, title', 'id: string, title');
      expect((await compare(tracker, after)).map(short)).to.include(
        'folders · projects · column widened · refused',
      );
    });
  });
});
