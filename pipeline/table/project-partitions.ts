/**
 * The locations that Athena makes of a table's properties. It reads nothing but the properties, as Athena does, so that
 * a misspelt or missing one shows: the local Athena would not notice.
 */
import { CatchwaterError } from '../errors.ts';

interface ProjectedTable {
  /** Names of the partition keys, in order. */
  partitionKeys: readonly string[];
  parameters: Readonly<Record<string, string>>;
}

export function* projectPartitions({ partitionKeys, parameters }: ProjectedTable): Generator<string, void> {
  if (parameters['projection.enabled'] !== 'true') {
    throw new CatchwaterError('the table has no partition projection: projection.enabled is not true');
  }
  const template = property(parameters, 'storage.location.template');
  const missing = partitionKeys.find((name) => !template.includes(placeholderOf(name)));
  if (missing !== undefined) {
    throw new CatchwaterError(`storage.location.template has no ${placeholderOf(missing)}: ${template}`);
  }
  yield* fillIn(template, partitionKeys, parameters);
}

function* fillIn(
  template: string,
  [name, ...others]: readonly string[],
  parameters: ProjectedTable['parameters'],
): Generator<string, void> {
  if (name === undefined) {
    yield template;
    return;
  }
  for (const value of valuesOf(name, parameters)) {
    yield* fillIn(template.replaceAll(placeholderOf(name), value), others, parameters);
  }
}

function placeholderOf(name: string): string {
  return `\${${name}}`;
}

function* valuesOf(name: string, parameters: ProjectedTable['parameters']): Generator<string, void> {
  const type = property(parameters, `projection.${name}.type`);
  if (type !== 'integer') throw new CatchwaterError(`projection.${name}.type is ${type}, not integer`);
  const range = property(parameters, `projection.${name}.range`);
  const [, low, high] = /^(\d+),(\d+)$/.exec(range) ?? [];
  if (low === undefined) throw new CatchwaterError(`projection.${name}.range is ${range}, not two numbers`);
  const digits = Number(parameters[`projection.${name}.digits`] ?? 1);
  for (let value = Number(low); value <= Number(high); value += 1) yield String(value).padStart(digits, '0');
}

function property(parameters: ProjectedTable['parameters'], name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new CatchwaterError(`the table has no property ${name}`);
  return value;
}
