import { formatJsonPath } from '../source/json-path.ts';
import { guessType, type GuessedType } from './guess-type.ts';
import { isRecord, type Sample } from './sample.ts';

export interface GuessedColumn extends GuessedType {
  name: string;
  /** Where it stands in the record; absent where the name says it. */
  from?: string;
  /** In the order of the records. */
  values: unknown[];
}

export interface GuessedColumns {
  columns: GuessedColumn[];
  /** Paths of lists, which no column holds. */
  lists: string[];
}

/** Objects in records are taken apart this deep. */
const deepest = 3;

/** A column for every field of the records, objects taken apart, in the order in which fields first come. */
export function guessColumns(
  records: readonly Record<string, unknown>[],
  types: Sample['types'],
): GuessedColumns {
  const fields = new Map<string, { path: string[]; values: unknown[] }>();
  const lists = new Set<string>();
  for (const [index, record] of records.entries()) {
    for (const { path, value } of leaves(record, [])) {
      if (Array.isArray(value)) {
        lists.add(formatJsonPath(path));
        continue;
      }
      const field = fields.get(path.join('.')) ?? { path, values: [] };
      field.values[index] = value;
      fields.set(path.join('.'), field);
    }
  }
  const taken = new Set<string>();
  const columns = [...fields.values()]
    // Null here, an object or a list there: the object's fields are columns already.
    .filter(({ path, values }) => !(isEmpty(values) && isTakenApart(path, fields, lists)))
    .map(({ path, values }) => {
      const name = freeName(columnName(withoutWrapper(path)), taken);
      const plain = path.length === 1 && path[0] === name;
      const declared = types?.get(path.join('.'));
      const type = declared === undefined ? guessType(name, values) : { type: declared };
      return { name, ...type, ...(plain ? {} : { from: formatJsonPath(path) }), values: Array.from(values) };
    });
  return { columns, lists: [...lists] };
}

function* leaves(
  value: Record<string, unknown>,
  path: string[],
): Generator<{ path: string[]; value: unknown }> {
  for (const [name, inner] of Object.entries(value)) {
    const place = [...path, name];
    if (isRecord(inner) && place.length < deepest && Object.keys(inner).length > 0)
      yield* leaves(inner, place);
    else if (isRecord(inner)) yield { path: place, value: JSON.stringify(inner) };
    else yield { path: place, value: inner };
  }
}

function isEmpty(values: unknown[]): boolean {
  return values.every((value) => value === null || value === undefined);
}

function isTakenApart(path: string[], fields: Map<string, unknown>, lists: Set<string>): boolean {
  const prefix = `${path.join('.')}.`;
  return lists.has(formatJsonPath(path)) || [...fields.keys()].some((key) => key.startsWith(prefix));
}

/** `properties.windSpeed.value` → `properties_wind_speed_value`; Athena's names are lower case. */
export function columnName(path: readonly string[]): string {
  const name = path
    .join('_')
    .normalize('NFKD')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(name) ? name : `field_${name}`.replace(/_$/, '');
}

/** GeoJSON, JSON:API and Airtable put every field of a record into one object. */
function withoutWrapper(path: string[]): string[] {
  return path.length > 1 && /^(properties|attributes|fields)$/.test(path[0] ?? '') ? path.slice(1) : path;
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
  taken.add(name);
  return name;
}
