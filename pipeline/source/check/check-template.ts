import { ExpressionError } from '../expression-error.ts';
import { nearestName } from '../nearest-name.ts';
import type { Report } from '../report.ts';
import { parseTemplate, placeholdersOf, type Placeholder, type Template } from '../template.ts';
import type { Path } from '../yaml-span.ts';
import { incrementalFields, placeholderNames, type TemplateScope } from './template-scope.ts';

/** A template that can be filled in for every slice, or undefined after a report. */
export function checkTemplate(
  text: string,
  path: Path,
  scope: TemplateScope,
  report: Report,
): Template | undefined {
  try {
    const template = parseTemplate(text);
    const faults = placeholdersOf(template).flatMap((found) => {
      const message = findFault(found, scope);
      return message === undefined ? [] : [{ message, offset: found.offset, length: found.length }];
    });
    for (const { message, ...place } of faults) report(path, message, place);
    warnOfDoubledBraces(text, path, report);
    return faults.length === 0 ? template : undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(path, error.message, { offset: error.offset, length: error.length });
    return undefined;
  }
}

/** Other tools' placeholders look like this. */
function warnOfDoubledBraces(text: string, path: Path, report: Report): void {
  const found = /\{\{ ?[\w.[\]'"]+ ?\}\}/.exec(text);
  if (!found || !found[0].includes(' ')) return;
  const message = `'${found[0]}' is sent as it stands, with single braces: a placeholder is {city.name}`;
  report(path, message, { severity: 'warning', offset: found.index, length: found[0].length });
}

function findFault({ variable, field }: Placeholder, scope: TemplateScope): string | undefined {
  const { slices, parent, known } = scope;
  if (variable === 'incremental') return findWindowFault(field, scope);
  if (slices === undefined) return undefined;
  const text = field === undefined ? variable : `${variable}.${field}`;
  if (variable === parent?.variable && field === undefined)
    return `{${variable}} is a record of '${parent.resource}': write a field of it, such as {${variable}.id}`;
  if (known.size === 0)
    return `unknown placeholder {${text}}: the resource has no for_each; a literal brace is doubled`;
  const covered = known.get(text);
  if (covered === undefined) {
    const names = [...known.keys()];
    const nearest = nearestName(text, names);
    const meant = nearest === undefined ? ':' : `; did you mean {${nearest}}?`;
    return `unknown placeholder {${text}}${meant} for_each gives ${listPlaceholders(names)}`;
  }
  if (covered === slices.length) return undefined;
  const missing = slices.findIndex((slice) => !placeholderNames(slice).includes(text));
  return `{${text}} has no value in element ${missing + 1} of for_each; write null where it is meant to be empty`;
}

function findWindowFault(field: string | undefined, { incremental }: TemplateScope): string | undefined {
  const names = incrementalFields.map((name) => `incremental.${name}`);
  if (field === undefined || !incrementalFields.some((name) => name === field)) {
    const nearest = nearestName(field ?? '', incrementalFields);
    const meant = nearest === undefined ? ':' : `; did you mean {incremental.${nearest}}?`;
    return `unknown placeholder {incremental${field === undefined ? '' : `.${field}`}}${meant} a window gives ${listPlaceholders(names)}`;
  }
  if (incremental) return undefined;
  return `{incremental.${field}} names a window, and the resource has no 'incremental' that says which`;
}

function listPlaceholders(names: string[]): string {
  return names.map((name) => `{${name}}`).join(', ');
}
