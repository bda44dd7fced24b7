import { formatJsonPath, parseJsonPath } from '../source/json-path.ts';

/** dlt writes `data.items[*]` where it is `$.data.items` here; undefined for a path that finds several values. */
export function convertPath(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  const trimmed = path
    .trim()
    .replace(/^\$\.?/, '')
    .replace(/(\.|)\[?\*\]?$/, '');
  if (trimmed === '') return '$';
  const rooted = trimmed.startsWith('[') ? `$${trimmed}` : `$.${trimmed}`;
  try {
    return formatJsonPath(parseJsonPath(rooted));
  } catch {
    return undefined;
  }
}
