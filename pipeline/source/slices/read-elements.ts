/** The elements of one variable of `for_each`, from the source or from a file beside it. */
import { isMapping } from '../merge-defaults.ts';
import { problemAt, type Problem, type TextFile } from '../problem.ts';
import type { Report } from '../report.ts';
import type { ForEachValue } from '../source.ts';
import { parseYamlFile } from '../yaml-file.ts';
import { spanAt, type Path, type Place } from '../yaml-span.ts';
import { parseCsv } from './parse-csv.ts';

/** Of many faults of one kind the first few say it all. */
const shownElements = 10;

/** The text of a file beside the source; undefined when there is none. */
export type ReadFile = (name: string) => Promise<string | undefined>;

export interface ElementsDeps {
  readFile: ReadFile;
  /** Name under which a file beside the source is shown, by its name in the source. */
  showName: (name: string) => string;
  /** Paths start at the resource. */
  report: Report;
  /** Takes problems of the file itself. */
  addProblems: (problems: Problem[]) => void;
}

/** `name` as the source says it, at `path`; undefined after a report. */
export async function readFileElements(
  name: string,
  path: Path,
  deps: ElementsDeps,
): Promise<ForEachValue[] | undefined> {
  if (/^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(name)) {
    deps.report(
      path,
      `'${name}' leaves the folder of the source; the file stands beside it or in a folder below`,
    );
    return undefined;
  }
  const text = await deps.readFile(name);
  if (text === undefined) {
    deps.report(path, `there is no file '${deps.showName(name)}'; its place is beside the source`);
    return undefined;
  }
  const file = { name: deps.showName(name), text: text.replace(/^\uFEFF/, '') };
  return /\.csv$/i.test(name) ? readCsvElements(file, deps) : readJsonElements(file, deps);
}

function readCsvElements(file: TextFile, deps: ElementsDeps): ForEachValue[] | undefined {
  const { records, problems } = parseCsv(file);
  if (problems.length === 0 && records.length === 0) {
    problems.push(problemAt(file, { start: 0, end: 1 }, 'there is a header, and no line below it'));
  }
  deps.addProblems(problems);
  return problems.length > 0 ? undefined : records;
}

function readJsonElements(file: TextFile, deps: ElementsDeps): ForEachValue[] | undefined {
  const problems = findJsonFault(file);
  if (problems.length === 0) {
    // JSON is YAML: the same reader gives every element its place in the text.
    const json = parseYamlFile(file);
    problems.push(...json.problems);
    if (Array.isArray(json.value) && json.value.length > 0) {
      const elements = checkElements(json.value, (path, message, place) =>
        problems.push(problemAt(file, spanAt(json, path, place), message)),
      );
      if (elements) return elements;
    } else if (problems.length === 0) {
      const message = 'a list of scalars or flat records is expected, with at least one';
      problems.push(problemAt(file, { start: 0, end: 1 }, message));
    }
  }
  deps.addProblems(problems);
  return undefined;
}

function findJsonFault(file: TextFile): Problem[] {
  try {
    JSON.parse(file.text);
    return [];
  } catch (error) {
    const { message } = error as SyntaxError;
    const reason = message.replace(/,? (?:in JSON|"|\.\.\.).*$/s, '');
    const position = /at position (\d+)/.exec(message)?.[1];
    // Not every message of the engine says where; the YAML reader mostly stumbles over the same place.
    const [stumble] = parseYamlFile(file).problems;
    if (position === undefined && stumble) return [{ ...stumble, message: `not valid JSON: ${reason}` }];
    const start = Number(position ?? file.text.length - 1);
    return [problemAt(file, { start, end: start + 1 }, `not valid JSON: ${reason}`)];
  }
}

/** All scalars or all flat records: a template reads every element in the same way. */
export function checkElements(
  elements: readonly unknown[],
  refuse: (path: Path, message: string, place?: Place) => void,
): ForEachValue[] | undefined {
  const records = isMapping(elements[0]);
  const faults = elements.flatMap((element, index) => {
    const fault = findFault(element, records);
    return fault ? [{ ...fault, path: [index, ...fault.path] }] : [];
  });
  for (const { path, message, place } of faults.slice(0, shownElements)) refuse(path, message, place);
  return faults.length === 0 ? (elements as ForEachValue[]) : undefined;
}

interface Fault {
  path: string[];
  message: string;
  place?: Place;
}

function findFault(element: unknown, records: boolean): Fault | undefined {
  if (element === null || Array.isArray(element))
    return { path: [], message: 'an element is a scalar or a flat record' };
  if (isMapping(element) !== records)
    return { path: [], message: 'either every element is a record, or none is' };
  if (!isMapping(element)) return undefined;
  for (const [field, value] of Object.entries(element)) {
    if (!/^[A-Za-z]\w*$/.test(field)) {
      return {
        path: [field],
        place: { on: 'key' },
        message: `'${field}' cannot name a field: letters, digits and _ after a letter`,
      };
    }
    if (typeof value === 'object' && value !== null) {
      return { path: [field], message: `'${field}' is nested: the records of for_each are flat` };
    }
  }
  return undefined;
}
