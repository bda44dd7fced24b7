import { didYouMean } from '../nearest-name.ts';
import { valueAt } from '../schema/schema-walk.ts';
import type { Path } from '../yaml-span.ts';
import type { Explained } from './explain-issue.ts';
import { explainLater } from './explain-later.ts';
import { explainKind, nameOf, showScalar } from './explain-value.ts';

/** A value that is none of those that may stand there. */
export function explainChoice(values: string[], value: unknown, path: Path): Explained {
  const found = valueAt(value, path);
  const [first = ''] = values;
  const choices = values.length === 1 ? first : `one of ${values.join(', ')}`;
  const key = nameOf(path);
  if (found === undefined)
    return { path, message: `the key '${key}' is missing: write ${key}: ${first}`, missing: true };
  const later = explainLater(path, Array.isArray(found) ? 'list' : showScalar(found));
  if (later !== undefined) return { path, message: later };
  if (found === null || typeof found === 'object')
    return { path, message: explainKind(choices, found, path) };
  const text = showScalar(found);
  // `version: '1'`: the right letters, the wrong kind.
  if (values.includes(text))
    return { path, message: `'${text}' is a text here: write ${text} without quotes` };
  const long = key === 'paginator' ? explainPaginator(text) : undefined;
  if (long !== undefined) return { path, message: long };
  return { path, message: `'${key}' is ${choices}, not '${text}'${didYouMean(text, values)}` };
}

/** Kinds of paging that are more than a name. */
const longPaginators: Record<string, string> = {
  offset: 'limit: 100',
  cursor: 'cursor_path: $.next_cursor, cursor_param: cursor',
  json_link: 'next_url_path: $.next',
};

function explainPaginator(name: string): string | undefined {
  if (name === 'auto')
    return `paging is stated, not guessed: catchwater init looks at a response, and writes it down`;
  const settings = Object.hasOwn(longPaginators, name) ? longPaginators[name] : undefined;
  return settings && `'${name}' needs more than its name: { type: ${name}, ${settings} }`;
}
