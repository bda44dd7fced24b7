import { ExpressionError } from './expression-error.ts';
import { nearestName } from './nearest-name.ts';
import type { Report } from './report.ts';
import type { Slice } from './source.ts';
import { parseTemplate, placeholdersOf, type Placeholder, type Template } from './template.ts';
import type { Path } from './yaml-span.ts';

/**
 * A template that can be filled in for every slice, or undefined after a report. `slices` is undefined where for_each
 * itself is at fault: then only the form is checked.
 */
export function checkTemplate(
  text: string,
  path: Path,
  slices: readonly Slice[] | undefined,
  report: Report,
): Template | undefined {
  try {
    const template = parseTemplate(text);
    const faults =
      slices === undefined ? [] : placeholdersOf(template).flatMap((found) => findFault(found, slices));
    for (const fault of faults) report(path, fault.message, { offset: fault.offset, length: fault.length });
    return faults.length === 0 ? template : undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(path, error.message, { offset: error.offset, length: error.length });
    return undefined;
  }
}

function findFault(
  placeholder: Placeholder,
  slices: readonly Slice[],
): { message: string; offset: number; length: number }[] {
  const { variable, field, offset, length } = placeholder;
  const text = field === undefined ? variable : `${variable}.${field}`;
  const fault = (message: string) => [{ message, offset, length }];
  const known = knownPlaceholders(slices);
  if (known.size === 0) {
    return fault(`unknown placeholder {${text}}: the resource has no for_each; a literal brace is doubled`);
  }
  const covered = known.get(text);
  if (covered === undefined) {
    const names = [...known.keys()];
    const nearest = nearestName(text, names);
    const meant = nearest === undefined ? ':' : `; did you mean {${nearest}}?`;
    const given = names.map((name) => `{${name}}`).join(', ');
    return fault(`unknown placeholder {${text}}${meant} for_each gives ${given}`);
  }
  if (covered === slices.length) return [];
  const missing = slices.findIndex((slice) => !placeholderNames(slice).includes(text));
  return fault(
    `{${text}} has no value in element ${missing + 1} of for_each; write null where it is meant to be empty`,
  );
}

/** What may stand between braces, and in how many slices. */
function knownPlaceholders(slices: readonly Slice[]): Map<string, number> {
  const known = new Map<string, number>();
  for (const name of slices.flatMap(placeholderNames)) known.set(name, (known.get(name) ?? 0) + 1);
  return known;
}

function placeholderNames(slice: Slice): string[] {
  return Object.entries(slice).flatMap(([variable, value]) =>
    typeof value === 'object' ? Object.keys(value).map((field) => `${variable}.${field}`) : [variable],
  );
}
