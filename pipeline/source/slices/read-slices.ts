/** `for_each` → the slices of a resource: its files read in, its ranges counted out, its variables combined. */
import { reportBelow } from '../report.ts';
import type { ForEachVariable, ResourcePart } from '../schema/source-schema.ts';
import type { ForEachValue, Slice } from '../source.ts';
import { addGroup, addParent, checkVariable } from './check-variable.ts';
import { combineSlices, countSlices } from './combine-slices.ts';
import { explainMany, listRange, mostSlices } from './list-range.ts';
import { checkElements, readFileElements, type ElementsDeps } from './read-elements.ts';

/** What `for_each` comes to. */
export interface Elements {
  /** Those that the file alone tells; crossed with the parent's, which only a fetch tells. */
  slices: Slice[];
  parent?: { variable: string; resource: string; fields?: Record<string, string> };
  /** `variables`: those whose values are joined; zipped ones go together. */
  group?: { variable: string; variables: string[]; rule: ForEachVariable };
}

export type ForEachParts = Partial<Pick<ResourcePart, 'for_each' | 'combine'>>;

/** Undefined when the elements could not be read. Without `for_each`: one empty slice. */
export async function readSlices(parts: ForEachParts, deps: ElementsDeps): Promise<Elements | undefined> {
  const { for_each: forEach, combine = 'cross' } = parts;
  if (forEach === undefined) return { slices: [{}] };
  const variables = Object.entries(forEach).map(
    ([name, given]) => [name, Array.isArray(given) ? { values: given } : given] as const,
  );
  if (variables.length === 0) {
    deps.report(['for_each'], 'for_each has no variable: { station: [KNYC, KLIT] }');
    return undefined;
  }
  const lists: [string, ForEachValue[]][] = [];
  const found: Pick<Elements, 'parent' | 'group'> = {};
  let good = true;
  for (const [name, variable] of variables) {
    const isShort = Array.isArray(forEach[name]);
    if (!checkVariable(name, variable, deps)) good = false;
    else if (variable.resource !== undefined) good = addParent(name, variable, found, deps) && good;
    else {
      const elements = await readVariable(name, variable, isShort, deps);
      if (elements) lists.push([name, elements]);
      else good = false;
    }
    good = addGroup(name, variable, found, deps) && good;
  }
  if (!good || !checkCombination(lists, { combine, found }, deps)) return undefined;
  if (found.group && combine === 'zip') found.group.variables = lists.map(([name]) => name);
  return { slices: combineSlices(lists, combine), ...found };
}

async function readVariable(
  name: string,
  variable: ForEachVariable,
  isShort: boolean,
  deps: ElementsDeps,
): Promise<ForEachValue[] | undefined> {
  const { values, file, range } = variable;
  if (range !== undefined) return listRange(range, reportBelow(deps.report, ['for_each', name, 'range']));
  const path = ['for_each', name, ...(isShort ? [] : ['values'])];
  const elements =
    file === undefined
      ? checkElements(values ?? [], (inner, message, place) =>
          deps.report([...path, ...inner], message, place),
        )
      : await readFileElements(file, ['for_each', name, 'file'], deps);
  if (elements) warnOfRepeats(name, elements, deps);
  return elements;
}

function checkCombination(
  lists: [string, ForEachValue[]][],
  { combine, found }: { combine: 'cross' | 'zip'; found: Pick<Elements, 'parent'> },
  deps: ElementsDeps,
): boolean {
  const refuse = (path: string[], message: string): boolean => {
    deps.report(path, message);
    return false;
  };
  if (combine === 'zip' && found.parent)
    return refuse(
      ['combine'],
      `'${found.parent.variable}' comes from a resource: nobody knows how many there are to zip`,
    );
  if (combine === 'zip' && new Set(lists.map(([, elements]) => elements.length)).size > 1) {
    const counts = lists.map(([name, elements]) => `${name} has ${elements.length}`).join(', ');
    return refuse(['combine'], `lists that are zipped are equally long: ${counts}; or combine: cross`);
  }
  const count = countSlices(lists, combine);
  return count <= mostSlices || refuse(['for_each'], explainMany(count));
}

function warnOfRepeats(name: string, elements: readonly ForEachValue[], deps: ElementsDeps): void {
  const seen = new Set<string>();
  for (const element of elements) {
    const text = JSON.stringify(element);
    if (seen.has(text)) {
      const message = `${text} is there twice: the same request would be made twice`;
      return deps.report(['for_each', name], message, { severity: 'warning', on: 'key' });
    }
    seen.add(text);
  }
}
