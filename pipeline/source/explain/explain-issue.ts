/** What zod finds wrong, in the words of a source file: which key, what stands there, what to write. */
import type { z } from 'zod';
import { explainDuration } from '../duration.ts';
import { nearestName } from '../nearest-name.ts';
import { describeKey, keysAt, valueAt } from '../schema/schema-walk.ts';
import { sourceSchema } from '../schema/source-schema.ts';
import type { Path, Place } from '../yaml-span.ts';
import { explainChoice } from './explain-choice.ts';
import { explainLater } from './explain-later.ts';
import { explainColumnName, explainKind, joinKinds, kindNames, nameOf, showScalar } from './explain-value.ts';

type Issue = z.core.$ZodIssue;

export interface Explained {
  path: Path;
  message: string;
  place?: Place;
  /** The key at `path` is not there; or, of an unknown key: the path of the key that was probably meant. */
  missing?: true;
  meant?: Path;
}

/** `value` is what was checked, from its root; `path` leads to where the issue's own path starts. */
export function explainIssue(issue: Issue, value: unknown, path: Path = []): Explained[] {
  const at = [...path, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) => explainUnknownKey([...at, key], value));
    case 'invalid_key':
      return [{ path: at, message: explainName(at), place: { on: 'key' } }];
    case 'invalid_union':
      return explainUnion(issue, value, at);
    case 'invalid_type':
      return [explainType(issue.expected, value, at)];
    case 'invalid_value':
      return [explainChoice(issue.values.map(String), value, at)];
    case 'too_small': {
      const limit = `${issue.inclusive === false ? 'more than' : 'at least'} ${Number(issue.minimum)}`;
      return [{ path: at, message: explainSize(issue, limit, { value, path: at }) }];
    }
    case 'too_big':
      return [
        { path: at, message: explainSize(issue, `at most ${Number(issue.maximum)}`, { value, path: at }) },
      ];
    default:
      return [{ path: at, message: issue.message }];
  }
}

function explainUnknownKey(path: Path, value: unknown): Explained[] {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  // The second half of an unquoted `{ type: decimal(10,2) }`, whose first half is reported.
  if (parent.at(-2) === 'columns' && /^\d+\s*\)$/.test(key)) return [];
  if (/^[^(]*\)/.test(key)) {
    const message = `'${key}' is the rest of a text: within { }, a text with a comma in it needs quotes`;
    return [{ path, message, place: { on: 'key' } }];
  }
  const known = keysAt(sourceSchema, parent, value);
  const nearest = nearestName(key, known);
  const message =
    explainLater(path) ??
    `unknown key '${key}'${nearest === undefined ? `: the keys here are ${known.join(', ')}` : `; did you mean '${nearest}'?`}`;
  return [
    {
      path,
      message,
      place: { on: 'key' },
      ...(nearest === undefined ? {} : { meant: [...parent, nearest] }),
    },
  ];
}

/** Of the branches of a choice, the one that the value was meant to be. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown, path: Path): Explained[] {
  if ('options' in issue && Array.isArray(issue.options)) {
    // A choice by `type:`, which is missing or not one of ours.
    return [explainChoice(issue.options.map(String), value, path)];
  }
  const found = valueAt(value, path);
  if (found === undefined) return [explainType('', value, path)];
  const meant = issue.errors.find((branch) => !branch.some((inner) => isWrongKind(inner, found)));
  if (meant) return meant.flatMap((inner) => explainIssue(inner, value, path));
  const kinds = issue.errors.flat().flatMap((inner) => {
    if (inner.code === 'invalid_type') return [kindNames[inner.expected] ?? inner.expected];
    return inner.code === 'invalid_value' && inner.path.length === 0 ? [inner.values.join(' or ')] : [];
  });
  return [{ path, message: explainKind(joinKinds(kinds), found, path) }];
}

function isWrongKind(issue: Issue, found: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union')
    return (
      issue.errors.length > 0 &&
      issue.errors.every((branch) => branch.some((inner) => isWrongKind(inner, found)))
    );
  // One of several names was expected: a mapping or a list is meant to be something else.
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof found !== 'string');
}

function explainType(expected: string, value: unknown, path: Path): Explained {
  const found = valueAt(value, path);
  const about = describeKey(sourceSchema, path, value);
  if (found === undefined) {
    const message = `the key '${String(path.at(-1))}' is missing${about && ` (${lowerFirst(about)})`}`;
    return { path, message, missing: true };
  }
  if (expected === 'object' && keysAt(sourceSchema, path, value).includes('secret'))
    return {
      path,
      message: `a secret is named here, never written: { secret: name }; catchwater secret set stores its value`,
    };
  const isDuration = about.startsWith('ISO 8601 duration');
  if (isDuration && typeof found === 'number') return { path, message: explainDuration(String(found)) };
  const kind = isDuration ? 'an ISO 8601 duration' : (kindNames[expected] ?? expected);
  return { path, message: explainKind(kind, found, path) };
}

function explainSize(issue: { origin: string }, limit: string, at: { value: unknown; path: Path }): string {
  const key = nameOf(at.path);
  if (issue.origin === 'array') return `'${key}' is an empty list`;
  if (issue.origin === 'string')
    return limit === 'at least 1' ? `'${key}' is empty` : `'${key}' has ${limit} characters`;
  return `'${key}' is ${limit}, not ${showScalar(valueAt(at.value, at.path))}`;
}

function explainName(path: Path): string {
  const name = String(path.at(-1));
  if (path.at(-2) === 'columns') return explainColumnName(name);
  return name === '' ? 'a name is empty' : `'${name}' cannot be a name here`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
