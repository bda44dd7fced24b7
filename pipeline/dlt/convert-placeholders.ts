import type { Notes } from './notes.ts';
import { convertPath } from './convert-path.ts';

/** Parents that a resource's templates name: field of the variable → path in the parent's record. */
export type Parents = Map<string, Record<string, string>>;

/** `{resources.posts.user.id}` → `{posts.user_id}`, and the parent is noted; `{incremental.last_value}` stays. */
export function convertPlaceholders(
  text: string,
  parents: Parents,
  at: { path: string; notes: Notes },
): string {
  return text.replaceAll(/\{resources\.([A-Za-z_]\w*)\.([^{}]+)\}/g, (_, resource: string, field: string) =>
    placeholderOf({ resource, field }, parents, at),
  );
}

export function placeholderOf(
  { resource, field }: { resource: string; field: string },
  parents: Parents,
  { path, notes }: { path: string; notes: Notes },
): string {
  const found = convertPath(field);
  if (found === undefined) notes.add(path, `the field '${field}' of ${resource} finds several values`);
  const name = field.replaceAll(/\W+/g, '_').replace(/^_+|_+$/g, '');
  const fields = parents.get(resource) ?? {};
  fields[name] = found ?? `$.${name}`;
  parents.set(resource, fields);
  return `{${resource}.${name}}`;
}
