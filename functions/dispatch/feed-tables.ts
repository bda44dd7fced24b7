/** Which object feeds which table: a resource may have several tables, and a table several resources. */
import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import type { ManifestHeader, ManifestObject, Reading } from '../../pipeline/manifest.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { TablesOf } from './find-work.ts';

type Fed = Pick<ManifestHeader, 'tables' | 'readings'> & { objects: ManifestObject[] };

export function feedTables(objects: readonly ObjectItem[], tables: TablesOf): Fed {
  const pending = new Set(objects.map(({ resource }) => resource));
  // Of specs with one name the source's first describes the files, whoever feeds them in this load.
  const described = new Map<string, TableSpec>();
  for (const spec of [...tables.values()].flat()) {
    if (!described.has(spec.name)) described.set(spec.name, spec);
  }
  const fed = new Set([...tables].flatMap(([name, specs]) => (pending.has(name) ? specs : [])));
  const names = new Set([...fed].map(({ name }) => name));
  const readings = [...tables].flatMap(([name, specs]) =>
    specs
      .filter((spec) => fed.has(spec) && described.get(spec.name) !== spec)
      .map(({ parse_sql, exact_fields }): Reading => ({ name, parse_sql, exact_fields })),
  );
  return {
    tables: [...described.values()].filter(({ name }) => names.has(name)),
    ...(readings.length > 0 && { readings }),
    // Side by side, so that one task reads an object for all of its tables.
    objects: objects.flatMap(({ resource, key, version_id, etag, bytes }) =>
      (tables.get(resource) ?? []).map((spec): ManifestObject => ({
        kind: 'object',
        table: spec.name,
        ...(described.get(spec.name) !== spec && { reading: resource }),
        key,
        version_id,
        etag,
        bytes,
      })),
    ),
  };
}
