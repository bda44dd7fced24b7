/** Which object feeds which table: a resource may have several tables, and a table several resources. */
import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import type { ManifestHeader, ManifestObject, Reading, TableMark } from '../../pipeline/manifest.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { TablesOf } from './find-work.ts';

/** What a load is to take. */
interface Taken {
  /** Pending: for all of their tables. */
  objects: readonly ObjectItem[];
  /** Loaded before: once more for those of their tables that are swept and need it (`relists`). */
  again: readonly ObjectItem[];
  /** A table with `sweep` is taken whether or not an object feeds it. */
  marks: ReadonlyMap<string, TableMark>;
  /** Of every table that is taken. */
  folders: ReadonlyMap<string, string>;
}

/** The part of a manifest that says so. */
export type Feed = Pick<ManifestHeader, 'tables' | 'readings' | 'marks' | 'folders'> & {
  objects: ManifestObject[];
};

interface FedObject {
  object: ObjectItem;
  spec: TableSpec;
  again?: true;
}

export function feedTables({ objects, again: relisted, marks, folders }: Taken, tables: TablesOf): Feed {
  const described = describedTables(tables);
  const isFurther = (spec: TableSpec): boolean => described.get(spec.name) !== spec;
  const isRelisted = ({ name }: TableSpec): boolean =>
    marks.get(name)?.sweep === true && described.get(name)?.relists === true;
  const specsOf = ({ resource }: ObjectItem): TableSpec[] => tables.get(resource) ?? [];
  // Side by side, so that one task reads an object for all of its tables.
  const feeds: FedObject[] = [
    ...objects.flatMap((object) => pair(object, specsOf(object))),
    ...relisted.flatMap((object) =>
      pair(object, specsOf(object).filter(isRelisted)).map((fed) => ({ ...fed, again: true as const })),
    ),
  ];

  const fed = new Set(feeds.map(({ spec }) => spec));
  const names = new Set([...fed].map(({ name }) => name));
  for (const [name, { sweep }] of marks) if (sweep) names.add(name);
  const readings = [...tables].flatMap(([name, specs]) =>
    specs
      .filter((spec) => fed.has(spec) && isFurther(spec))
      .map(({ parse_sql, exact_fields }): Reading => ({ name, parse_sql, exact_fields })),
  );
  const applied = [...marks].filter(([name]) => names.has(name));
  const elsewhere = [...folders].filter(([name, folder]) => names.has(name) && folder !== name);
  return {
    tables: [...described.values()].filter(({ name }) => names.has(name)),
    ...(readings.length > 0 && { readings }),
    ...(applied.length > 0 && { marks: Object.fromEntries(applied) }),
    ...(elsewhere.length > 0 && { folders: Object.fromEntries(elsewhere) }),
    objects: feeds.map(
      ({ object: { resource, key, version_id, etag, bytes, lines }, spec, again }): ManifestObject => ({
        kind: 'object',
        table: spec.name,
        ...(isFurther(spec) && { reading: resource }),
        key,
        version_id,
        etag,
        bytes,
        lines,
        ...(again && { again }),
      }),
    ),
  };
}

/** Of specs with one name the source's first describes the files, whoever feeds them. */
export function describedTables(tables: TablesOf): Map<string, TableSpec> {
  const described = new Map<string, TableSpec>();
  for (const spec of [...tables.values()].flat()) {
    if (!described.has(spec.name)) described.set(spec.name, spec);
  }
  return described;
}

const pair = (object: ObjectItem, specs: readonly TableSpec[]): FedObject[] =>
  specs.map((spec) => ({ object, spec }));
