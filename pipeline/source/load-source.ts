/** The text of a source file → the compiled source, or everything that is wrong with it. */
import { ConfigError } from '../errors.ts';
import { checkExpressions, type CheckSql } from './check/check-expressions.ts';
import { checkListedParents } from './check/check-reconcile.ts';
import { checkSharedTables } from './check/check-shared-tables.ts';
import { checkSource } from './check/check-source.ts';
import { compileSource } from './compile/compile-source.ts';
import { explainIssue } from './explain/explain-issue.ts';
import { isMapping, mergeDefaults, type Mapping } from './merge-defaults.ts';
import { problemAt, sortProblems, type Problem } from './problem.ts';
import type { ReadFile } from './slices/read-elements.ts';
import type { Report } from './report.ts';
import { sourceSchema } from './schema/source-schema.ts';
import type { CompiledSource } from './source.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';
import { findNode, spanAt, type Path } from './yaml-span.ts';

export interface LoadOptions {
  /** The file's name as messages show it; names of files beside it are shown with its folder. */
  name: string;
  text: string;
  /** Text of a file beside the source; undefined when there is none. */
  readFile: ReadFile;
  now: Date;
  /** Tries the expressions of a table on an engine; without it they are first read when the table is made. */
  checkSql?: CheckSql;
}

export type LoadedSource =
  | { ok: true; source: CompiledSource; warnings: Problem[] }
  /** `problems` holds the warnings too, in the order of the file. */
  | { ok: false; problems: Problem[] };

export async function loadSource(options: LoadOptions): Promise<LoadedSource> {
  const file = parseYamlFile({ name: options.name, text: options.text.replace(/^\uFEFF/, '') });
  if (file.problems.length > 0) return { ok: false, problems: sortProblems(file.problems) };
  if (!isMapping(file.value)) {
    const message = 'a source file is a mapping that begins with version: 1, name: …';
    return { ok: false, problems: [problemAt(file, { start: 0, end: 1 }, message)] };
  }
  const problems = [...file.warnings];
  const report: Report = (path, message, place = {}) => {
    problems.push(problemAt(file, spanAt(file, ownPath(file, path), place), message, place.severity));
  };
  const value = withDefaults(file.value);
  const parsed = sourceSchema.safeParse(value);
  const explained = (parsed.error?.issues ?? []).flatMap((issue) => explainIssue(issue, value));
  // A key that is there under another spelling is not missing too.
  const meant = new Set(explained.map((problem) => JSON.stringify(problem.meant)));
  const isMeant = (path: Path): boolean => meant.has(JSON.stringify(path));
  for (const { path, message, place, missing } of explained) {
    if (missing !== true || !isMeant(path)) report(path, message, place);
  }
  const elements = await checkSource(value, options, { report, problems, isMeant });
  const isGood = (): boolean => !problems.some((problem) => problem.severity === 'error');
  if (parsed.success && isGood()) {
    try {
      if (options.checkSql) await checkExpressions(parsed.data, options.checkSql, report);
      if (isGood()) {
        checkSharedTables(parsed.data.resources, report);
        checkListedParents(parsed.data.resources, elements, report);
      }
      const source = isGood() && compileSource(parsed.data, elements);
      if (source) return { ok: true, source, warnings: sortProblems(problems) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      report(['resources'], error.message);
    }
  }
  return { ok: false, problems: sortProblems(problems) };
}

/** The value with `resource_defaults` merged under each resource: what the schema checks. */
function withDefaults(value: Mapping): Mapping {
  const { resources, resource_defaults: defaults } = value;
  if (!Array.isArray(resources) || !isMapping(defaults)) return value;
  return { ...value, resources: resources.map((resource: unknown) => mergeDefaults(defaults, resource)) };
}

/** Where a value of a merged resource was written: in the resource, or in the defaults. */
function ownPath(file: YamlFile, path: Path): Path {
  if (path[0] !== 'resources' || path.length < 3 || findNode(file, path).steps === path.length) return path;
  const inDefaults = ['resource_defaults', ...path.slice(2)];
  return findNode(file, inDefaults).steps === inDefaults.length ? inDefaults : path;
}
