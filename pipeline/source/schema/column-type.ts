import type { ColumnType } from '../../table/table-spec.ts';
import { didYouMean } from '../nearest-name.ts';

/** Other names for a type; JSON Schema's three, no more. */
export const typeAliases = { string: 'varchar', integer: 'bigint', number: 'double' } as const;
export const plainTypes = ['boolean', 'bigint', 'double', 'varchar', 'date', 'timestamp'] as const;
export const typeNames = [...plainTypes, ...Object.keys(typeAliases)];
export const decimalPattern = /^decimal\(\s*([1-9]\d?)\s*(?:,\s*(\d{1,2})\s*)?\)$/;

/** What a type looks like; that its digits and scale fit is another matter. */
export const typePattern = new RegExp(`^(?:${typeNames.join('|')})$|${decimalPattern.source}`);

/** The stored type that a name in a source stands for; undefined when there is none (law 15). */
export function parseColumnType(name: string): ColumnType | undefined {
  const plain = Object.hasOwn(typeAliases, name) ? typeAliases[name as keyof typeof typeAliases] : name;
  const known = plainTypes.find((type) => type === plain);
  if (known !== undefined) return known;
  const [, digits, scale = '0'] = decimalPattern.exec(name) ?? [];
  if (digits === undefined || Number(digits) > 38 || Number(scale) > Number(digits)) return undefined;
  return `decimal(${Number(digits)},${Number(scale)})`;
}

/** Digits of a decimal; undefined for any other type. */
export function decimalDigits(type: ColumnType): number | undefined {
  const digits = /^decimal\((\d+),/.exec(type)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Why a name stands for no type, and what to write. */
export function explainColumnType(name: string): string {
  // `{ type: decimal(10,2) }`: the comma ends the entry in YAML.
  if (/^decimal\(\s*\d+$/.test(name)) return `a decimal within { } needs quotes: '${name},2)'`;
  if (name.startsWith('decimal')) {
    return `'${name}': write decimal(digits,scale), with at most 38 digits and no more of them after the point`;
  }
  return `'${name}' is no type: ${typeNames.join(', ')}, decimal(digits,scale)${didYouMean(name, typeNames)}`;
}
