/** Key, event time and order name columns that can carry them, and a key determines its partition. */
import { parseColumnType } from '../schema/column-type.ts';
import { checkMovingKeys } from './check-moving-keys.ts';
import { eventTimeOf, namesOf } from '../compile/define-table.ts';
import { ExpressionError } from '../expression-error.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Report } from '../report.ts';
import type { ColumnPart, ResourcePart } from '../schema/source-schema.ts';
import type { Slice } from '../source.ts';
import { renderParameter } from '../template.ts';

export type KeyParts = Pick<
  ResourcePart,
  'columns' | 'primary_key' | 'event_time' | 'order_by' | 'partition_by'
> & { delete_when?: string | undefined; moving_keys?: boolean | undefined };

/** The one lineage column that a source may name: the identity of a snapshot (law 3). */
const scheduledAt = '_scheduled_at';
const partitionColumns = ['year', 'month', 'day', 'hour'] as const;

export function checkKey(parts: KeyParts, slices: readonly Slice[] | undefined, report: Report): void {
  for (const key of ['primary_key', 'order_by'] as const) checkNames(key, parts, report);
  for (const name of namesOf(parts.primary_key)) {
    if (typeOf(parts, name) === 'double') {
      report(
        placeOf('primary_key', name, parts),
        `'${name}' is a double: equal numbers may differ in their last digit, so it cannot be part of a key; use decimal or varchar`,
      );
    }
  }
  if (parts.delete_when !== undefined && namesOf(parts.primary_key).length === 0)
    report(['delete_when'], 'which stored row does it remove? Add a primary_key', { on: 'key' });
  checkPartitionColumns(parts, report);
  checkEventTime(parts, report);
  checkMovingKeys(parts, report);
  checkTemplatesOfKey(parts, slices, report);
  warnOfSharedKey(parts, slices, report);
}

function checkNames(key: 'primary_key' | 'order_by', parts: KeyParts, report: Report): void {
  const names = namesOf(parts[key]);
  for (const [index, name] of names.entries()) {
    const path = typeof parts[key] === 'string' ? [key] : [key, index];
    if (names.indexOf(name) < index) report(path, `'${name}' is there twice`);
    else if (!isColumn(parts, name)) report(path, explainNoColumn(name, parts));
  }
}

function isColumn(parts: KeyParts, name: string): boolean {
  return Object.hasOwn(parts.columns, name) || name === scheduledAt;
}

function explainNoColumn(name: string, parts: KeyParts): string {
  const known = [...Object.keys(parts.columns), scheduledAt];
  return `there is no column '${name}'${didYouMean(name, known) || `: the columns are ${known.join(', ')}`}`;
}

function placeOf(key: 'primary_key' | 'order_by', name: string, parts: KeyParts): (string | number)[] {
  return typeof parts[key] === 'string' ? [key] : [key, namesOf(parts[key]).indexOf(name)];
}

function typeOf(parts: KeyParts, name: string): string | undefined {
  if (name === scheduledAt) return 'timestamp';
  const column: ColumnPart | undefined = Object.hasOwn(parts.columns, name) ? parts.columns[name] : undefined;
  return column === undefined
    ? undefined
    : parseColumnType(typeof column === 'string' ? column : column.type);
}

/** The partition's own columns would be there twice in a query (law 16). */
function checkPartitionColumns(parts: KeyParts, report: Report): void {
  const used = partitionColumns.slice(
    0,
    partitionColumns.findIndex((name) => name === parts.partition_by) + 1,
  );
  for (const name of used.filter((column) => Object.hasOwn(parts.columns, column))) {
    const message = `'${name}' is the name of a partition of this table (partition_by: ${parts.partition_by}); give the column another name, and from: $.${name}`;
    report(['columns', name], message, { on: 'key' });
  }
}

function checkEventTime(parts: KeyParts, report: Report): void {
  const eventTime = eventTimeOf(parts.event_time);
  if (!eventTime) {
    if (parts.partition_by === 'none') return;
    const message = `the key 'event_time' is missing: which column says when a row happened? A snapshot: ${scheduledAt}; a small table: partition_by: none`;
    return report(['event_time'], message);
  }
  const { column, immutable } = eventTime;
  const path = typeof parts.event_time === 'string' ? ['event_time'] : ['event_time', 'column'];
  const type = typeOf(parts, column);
  if (type === undefined) return report(path, explainNoColumn(column, parts));
  if (type !== 'timestamp' && type !== 'date')
    return report(path, `'${column}' is a ${type}: an event time is a timestamp or a date`);
  if (column === scheduledAt && immutable)
    return report(path, `${scheduledAt} differs at every fetch: it is not immutable`);
  if (type === 'date' && parts.partition_by === 'hour') {
    report(path, `'${column}' is a date: all its rows would lie in hour=00; write partition_by: day`, {
      severity: 'warning',
    });
  }
  const key = namesOf(parts.primary_key);
  if (parts.partition_by === 'none') return;
  // Without a key of its own a row is its place in a raw object, whose event time never changes.
  if (key.length === 0 || immutable || key.includes(column) || parts.moving_keys === true) return;
  const remedies = [
    `add it to the primary_key`,
    ...(column === scheduledAt
      ? []
      : [
          `write { column: ${column}, immutable: true } if it never changes for one key`,
          `moving_keys: true if it does`,
        ]),
    `or use partition_by: none`,
  ];
  report(
    path,
    `the event time '${column}' is not part of the primary_key: a row whose time moves would be left in its old ${parts.partition_by}. ${capitalize(remedies.join(', '))}`,
  );
}

/** A null in a key sends the row to quarantine (law 14): all rows of such an element would end there. */
function checkTemplatesOfKey(parts: KeyParts, slices: readonly Slice[] | undefined, report: Report): void {
  for (const name of namesOf(parts.primary_key)) {
    const column = Object.hasOwn(parts.columns, name) ? parts.columns[name] : undefined;
    if (typeof column !== 'object' || column.value === undefined) continue;
    const { value } = column;
    const empty = slices?.findIndex((slice) => isNull(value, slice)) ?? -1;
    if (empty < 0) continue;
    report(
      ['columns', name, 'value'],
      `'${name}' is part of the key and null for element ${empty + 1} of for_each: all its rows would go to quarantine`,
    );
  }
}

function isNull(template: string, slice: Slice): boolean {
  try {
    return renderParameter(template, slice) === undefined;
  } catch (error) {
    // Reported as a template already.
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** Ten cities, and a key of the time alone: each city's rows would replace the other's. */
function warnOfSharedKey(parts: KeyParts, slices: readonly Slice[] | undefined, report: Report): void {
  const key = namesOf(parts.primary_key);
  if (slices === undefined || slices.length < 2 || key.length === 0) return;
  if (!key.every((name) => ['timestamp', 'date'].includes(typeOf(parts, name) ?? ''))) return;
  const [variable = ''] = Object.keys(slices[0] ?? {});
  const message = `rows of different elements of for_each have the same key when their times are equal, and replace each other: add a column with value: '{${variable}…}' to the key`;
  report(['primary_key'], message, { severity: 'warning' });
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
