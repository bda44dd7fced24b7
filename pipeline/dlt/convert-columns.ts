import { columnName } from '../guess/guess-columns.ts';
import { isMapping, type Notes } from './notes.ts';

const types: Record<string, string> = {
  text: 'string',
  bigint: 'bigint',
  double: 'double',
  bool: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
  json: 'string',
  complex: 'string',
  time: 'string',
  binary: 'string',
  wei: 'string',
};

/** dlt's column hints, a mapping or a list. Columns that only data would show are missing: dlt infers them at each run. */
export function convertColumns(given: unknown, path: string, notes: Notes): Record<string, unknown> {
  const entries = Array.isArray(given)
    ? given.filter(isMapping).map((column) => [String(column['name']), column] as const)
    : Object.entries(isMapping(given) ? given : {});
  const columns = entries.map(([field, hints]) => {
    const name = columnName([field]);
    const type = isMapping(hints) ? typeOf(hints, `${path}.${field}`, notes) : 'string';
    return [name, name === field ? type : { type, from: `$['${field}']` }] as const;
  });
  return Object.fromEntries(columns);
}

function typeOf(hints: Record<string, unknown>, path: string, notes: Notes): string {
  notes.addUnread(path, hints, [
    'name',
    'data_type',
    'precision',
    'scale',
    'nullable',
    'primary_key',
    'unique',
  ]);
  const { data_type: type, precision = 38, scale = 9 } = hints;
  if (type === 'decimal') return `decimal(${Number(precision)},${Number(scale)})`;
  const known = typeof type === 'string' ? types[type] : undefined;
  if (known === undefined)
    notes.add(`${path}.data_type`, `the type ${JSON.stringify(type ?? null)} is taken for a string`);
  return known ?? 'string';
}
