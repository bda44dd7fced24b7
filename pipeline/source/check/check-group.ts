import type { Report } from '../report.ts';
import type { EndpointPart } from '../schema/source-schema.ts';
import type { Elements } from '../slices/read-slices.ts';
import type { Slice } from '../source.ts';
import {
  placeholdersOf,
  placeholderValue,
  renderTemplate,
  type Placeholder,
  type Template,
} from '../template.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkTemplate } from './check-template.ts';
import { requestPlaceholders } from './placeholders-in.ts';
import type { TemplateScope } from './template-scope.ts';

type Group = NonNullable<Elements['group']>;

/** Several elements in one request: their values can be joined, their answers told apart. Reports start at the variable. */
export function checkGroup(
  { variable, variables, rule }: Group,
  endpoint: EndpointPart,
  scope: TemplateScope,
  report: Report,
): void {
  const used = requestPlaceholders(endpoint).filter((found) => variables.includes(found.variable));
  const refuse = (message: string): void => report(['group'], message, { on: 'key' });
  if (endpoint.response_format !== 'json')
    refuse(`the answers to a group are elements of a JSON value, and this is ${endpoint.response_format}`);
  if (!used.some((found) => found.variable === variable))
    refuse(`no placeholder of '${variable}' is used in the request: there is nothing to join`);
  if (rule.answers !== undefined) checkJsonPath(rule.answers, ['answers'], report);
  const separator = rule.separator ?? ',';
  const split = findSplit(used, separator, scope.slices ?? []);
  if (split !== undefined) {
    const message = `'${split}' has the separator '${separator}' in it: the API would read two values; write another separator, if it takes one`;
    report([rule.separator === undefined ? 'group' : 'separator'], message);
  }
  if (typeof rule.match === 'object') checkMatch(variables, rule.match, scope, report);
}

function findSplit(
  used: readonly Placeholder[],
  separator: string,
  slices: readonly Slice[],
): string | undefined {
  for (const slice of slices) {
    for (const placeholder of used) {
      const value = Object.hasOwn(slice, placeholder.variable) ? valueOf(placeholder, slice) : '';
      if (value.includes(separator)) return value;
    }
  }
  return undefined;
}

/** An empty text for a placeholder that has no value, which is reported where it stands. */
function valueOf(placeholder: Placeholder, slice: Slice): string {
  const element = slice[placeholder.variable];
  const { field } = placeholder;
  const isThere =
    field === undefined
      ? typeof element !== 'object'
      : typeof element === 'object' && Object.hasOwn(element, field);
  return isThere ? String(placeholderValue(placeholder, slice) ?? '') : '';
}

function checkMatch(
  variables: readonly string[],
  match: Extract<Group['rule']['match'], object>,
  scope: TemplateScope,
  report: Report,
): void {
  const refuse = (message: string): void => report(['match', 'value'], message);
  checkJsonPath(match.path, ['match', 'path'], report);
  const template = checkTemplate(match.value, ['match', 'value'], scope, report);
  if (!template) return;
  const placeholders = placeholdersOf(template);
  const foreign = placeholders.find((found) => !variables.includes(found.variable));
  if (foreign || placeholders.length === 0)
    return refuse(
      `'${match.value}' is the same for all elements of a group: write a placeholder of '${variables.join("' or '")}'`,
    );
  const twice = findTwice(template, variables, scope.slices ?? []);
  if (twice !== undefined) refuse(`two elements have the value '${twice}': whose is the answer with it?`);
}

/** The value that two different elements share. */
function findTwice(
  template: Template,
  variables: readonly string[],
  slices: readonly Slice[],
): string | undefined {
  const elements = new Map<string, string>();
  for (const slice of slices) {
    if (!variables.every((name) => Object.hasOwn(slice, name))) return undefined;
    const value = renderTemplate(template, slice);
    const element = JSON.stringify(variables.map((name) => slice[name]));
    if ((elements.get(value) ?? element) !== element) return value;
    elements.set(value, element);
  }
  return undefined;
}
