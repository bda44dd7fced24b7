/** Where two JSON values differ, in words. */

export interface Difference {
  path: string[];
  /** JSON, cut short; undefined where there was, or is, nothing. */
  was: string | undefined;
  is: string | undefined;
}

/** What a message shows of a value, and how many differences. */
const widest = 80;
const most = 3;

/** In the order of the members, those that are new at the end. Lists are compared as a whole. */
export function differencesOf(was: unknown, is: unknown, path: string[] = []): Difference[] {
  if (isObject(was) && isObject(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...names].flatMap((name) => differencesOf(was[name], is[name], [...path, name]));
  }
  const [before, after] = [show(was), show(is)];
  return before === after ? [] : [{ path, was: before && shorten(before), is: after && shorten(after) }];
}

/** Of these members alone. */
export function differencesIn<Value extends object>(
  names: readonly (keyof Value & string)[],
  was: Value,
  is: Value,
  path: string[] = [],
): Difference[] {
  return names.flatMap((name) => differencesOf(was[name], is[name], [...path, name]));
}

/** `path was "a", is "b"; params.limit is 5, was not there; …` */
export function describeDifferences(differences: readonly Difference[]): string {
  const words = differences.slice(0, most).map(({ path, was, is }) => {
    const name = path.length > 0 ? `${path.join('.')} ` : '';
    if (was === undefined) return `${name}is ${is}, was not there`;
    return is === undefined ? `${name}was ${was}, is gone` : `${name}was ${was}, is ${is}`;
  });
  const more = differences.length - words.length;
  return `${words.join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string | undefined {
  return JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}
