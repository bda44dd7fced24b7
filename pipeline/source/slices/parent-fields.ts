import { placeholdersIn } from '../check/placeholders-in.ts';
import type { ResourcePart } from '../schema/source-schema.ts';
import type { Elements } from './read-slices.ts';

/** Fields of the variable, and their paths in the parent's records: as stated, or as placeholders name them. */
export function parentFields(
  { variable, fields }: NonNullable<Elements['parent']>,
  resource: Partial<ResourcePart>,
): Record<string, string> {
  if (fields) return fields;
  const names = placeholdersIn(resource).flatMap((found) =>
    found.variable === variable && found.field !== undefined ? [found.field] : [],
  );
  return Object.fromEntries([...new Set(names)].map((name) => [name, `$.${name}`]));
}
