import { columnName } from '../guess/guess-columns.ts';
import { convertColumns } from './convert-columns.ts';
import { convertEndpoint, type Place } from './convert-endpoint.ts';
import { convertPath } from './convert-path.ts';
import { placeholderOf, type Parents } from './convert-placeholders.ts';
import { isMapping, type Notes } from './notes.ts';

type Mapping = Record<string, unknown>;

const resourceKeys = [
  'name',
  'table_name',
  'endpoint',
  'columns',
  'primary_key',
  'merge_key',
  'write_disposition',
  'include_from_parent',
];

/** One resource of dlt, or its `resource_defaults`, as it stands in a source file. */
export function convertResource(given: Mapping, path: string, notes: Notes): Mapping {
  notes.addUnread(path, given, resourceKeys);
  const parents: Parents = new Map();
  const raw = given['endpoint'];
  const endpoint = isMapping(raw) ? raw : raw === undefined ? {} : { path: raw };
  const converted = convertEndpoint(endpoint, { path: `${path}.endpoint`, parents, notes });
  const fromParent = parentColumns(given['include_from_parent'], { path, parents, notes });
  const selector =
    endpoint['data_selector'] === undefined ? undefined : convertPath(endpoint['data_selector']);
  if (endpoint['data_selector'] !== undefined && selector === undefined) {
    notes.add(
      `${path}.endpoint.data_selector`,
      `${JSON.stringify(endpoint['data_selector'])} finds several values: select one list`,
    );
  }
  const key = given['primary_key'] ?? given['merge_key'];
  const columns = { ...fromParent, ...convertColumns(given['columns'], `${path}.columns`, notes) };
  for (const name of [key].flat().filter((one): one is string => typeof one === 'string'))
    columns[columnName([name])] ??= 'string';
  checkDisposition(given['write_disposition'], `${path}.write_disposition`, notes);
  return {
    ...(typeof given['name'] === 'string' && { name: columnName([given['name']]) }),
    ...(typeof given['table_name'] === 'string' && { table_name: columnName([given['table_name']]) }),
    ...(parents.size > 0 && {
      for_each: Object.fromEntries(
        [...parents].map(([resource, fields]) => [resource, { resource, fields }]),
      ),
    }),
    ...(Object.keys(converted.endpoint).length > 0 && { endpoint: converted.endpoint }),
    ...(converted.incremental && { incremental: converted.incremental }),
    ...(selector !== undefined && { data_selector: selector }),
    ...(Object.keys(columns).length > 0 && { columns }),
    ...(key != null && {
      primary_key: Array.isArray(key)
        ? key.map((one) => columnName([textOf(one)]))
        : columnName([textOf(key)]),
    }),
  };
}

function parentColumns(names: unknown, { path, parents, notes }: Place): Mapping {
  if (!Array.isArray(names)) return {};
  const [parent] = parents.keys();
  if (parent === undefined) return {};
  const columns = names.map(String).map((field) => {
    const value = placeholderOf({ resource: parent, field }, parents, { path, notes });
    return [columnName([parent, field]), { type: 'string', value }] as const;
  });
  notes.add(
    `${path}.include_from_parent`,
    `the columns are called ${columns.map(([name]) => name).join(', ')}, without dlt's leading _; their type is string`,
  );
  return Object.fromEntries(columns);
}

function checkDisposition(given: unknown, path: string, notes: Notes): void {
  const disposition = isMapping(given) ? given['disposition'] : given;
  if (disposition === undefined || disposition === 'merge') return;
  const reason =
    disposition === 'append'
      ? 'append becomes merge: one row per primary_key, every row once where there is none'
      : `${JSON.stringify(disposition)} becomes merge: rows that vanish at the source stay`;
  notes.add(path, reason);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
