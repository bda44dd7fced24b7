/** One variable of `for_each`: where its elements come from, and whether several of them share a request. */
import { checkJsonPath } from '../check/check-json-path.ts';
import type { ForEachVariable } from '../schema/source-schema.ts';
import type { ElementsDeps } from './read-elements.ts';
import type { Elements } from './read-slices.ts';

/** The kinds of elements; one of them is named. */
const origins = ['values', 'file', 'range', 'resource'] as const;

export function checkVariable(name: string, variable: ForEachVariable, deps: ElementsDeps): boolean {
  const refuse = (message: string, ...below: string[]): boolean => {
    deps.report(['for_each', name, ...below], message, { on: 'key' });
    return false;
  };
  if (!/^[a-z]\w*$/i.test(name))
    return refuse(`'${name}' cannot name a variable: letters, digits and _ after a letter`);
  if (name === 'incremental')
    return refuse(`'incremental' cannot name a variable: {incremental.start_value} is the start of a window`);
  const named = origins.filter((origin) => variable[origin] !== undefined);
  const [first, second] = named;
  if (first === undefined) return refuse(`'${name}' has no elements: it names one of ${origins.join(', ')}`);
  if (second !== undefined)
    return refuse(`'${name}' has elements of its own in '${first}' already: leave one of them out`, second);
  if (variable.fields !== undefined && first !== 'resource')
    return refuse(
      `fields are paths in the records of a resource; '${first}' names its fields itself`,
      'fields',
    );
  return true;
}

/** False after a report. */
export function addParent(
  name: string,
  { resource, fields }: ForEachVariable,
  found: Pick<Elements, 'parent'>,
  deps: ElementsDeps,
): boolean {
  if (found.parent) {
    deps.report(
      ['for_each', name],
      `'${found.parent.variable}' comes from a resource already: one variable may`,
      { on: 'key' },
    );
    return false;
  }
  for (const [field, path] of Object.entries(fields ?? {})) {
    if (!/^[A-Za-z]\w*$/.test(field))
      deps.report(
        ['for_each', name, 'fields', field],
        `'${field}' cannot name a field: letters, digits and _ after a letter`,
        { on: 'key' },
      );
    checkJsonPath(path, ['for_each', name, 'fields', field], deps.report);
  }
  found.parent = { variable: name, resource: resource ?? '', ...(fields && { fields }) };
  return true;
}

/** False after a report. */
export function addGroup(
  name: string,
  rule: ForEachVariable,
  found: Pick<Elements, 'group'>,
  deps: ElementsDeps,
): boolean {
  const refuse = (key: string, message: string): boolean => {
    deps.report(['for_each', name, key], message, { on: 'key' });
    return false;
  };
  if (rule.group === undefined) {
    const idle = (['match', 'answers', 'separator'] as const).find((key) => rule[key] !== undefined);
    return idle === undefined || refuse(idle, `'${idle}' is for a group: add group: 50, or leave it out`);
  }
  if (found.group)
    return refuse('group', `'${found.group.variable}' is grouped already: one variable may be`);
  if (rule.match === undefined) {
    const message = `a group does not say which answer is whose: add match: position, or { path: $.id, value: '{${name}.id}' }`;
    return refuse('group', message);
  }
  found.group = { variable: name, variables: [name], rule };
  return true;
}
