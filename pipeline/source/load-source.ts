/** The text of a source file → the compiled source, or everything that is wrong with it. */
import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { checkClient } from './check-client.ts';
import { checkResource } from './check-resource.ts';
import { compileSource } from './compile-source.ts';
import { explainIssue } from './explain-issue.ts';
import { isMapping, mergeDefaults, type Mapping } from './merge-defaults.ts';
import { problemAt, sortProblems, type Problem } from './problem.ts';
import { readSlices, type ReadFile } from './read-slices.ts';
import { reportBelow, type Report } from './report.ts';
import { sourceSchema, type ResourcePart } from './schema.ts';
import type { CompiledSource, Slice } from './source.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';
import { findNode, spanAt, type Path } from './yaml-span.ts';

export interface LoadOptions {
  /** The file's name as messages show it; names of files beside it are shown with its folder. */
  name: string;
  text: string;
  /** Text of a file beside the source; undefined when there is none. */
  readFile: ReadFile;
  now: Date;
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
  const slices = await checkParts(value, options, { report, problems, isMeant });
  const isRefused = problems.some((problem) => problem.severity === 'error');
  if (parsed.success && !isRefused) {
    try {
      return { ok: true, source: compileSource(parsed.data, slices), warnings: sortProblems(problems) };
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

interface Findings {
  report: Report;
  problems: Problem[];
  /** The key at the path is there, misspelt. */
  isMeant: (path: Path) => boolean;
}

/** Checks each part that has the right form, whatever is wrong elsewhere; gives the slices of each resource. */
async function checkParts(value: Mapping, options: LoadOptions, found: Findings): Promise<Slice[][]> {
  const { report, problems, isMeant } = found;
  const client = goodParts(sourceSchema.shape.client.shape, value['client']);
  checkClient(client, reportBelow(report, ['client']));
  const resources: unknown[] = Array.isArray(value['resources']) ? value['resources'] : [];
  const all: Slice[][] = [];
  const names = new Set<string>();
  for (const [index, resource] of resources.entries()) {
    const reportResource = reportBelow(report, ['resources', index]);
    const parts: Partial<ResourcePart> = goodParts(resourceShape, resource);
    if (parts.name !== undefined && names.has(parts.name)) {
      reportResource(['name'], `the resource '${parts.name}' is there twice`);
    }
    names.add(parts.name ?? '');
    const broken = new Set(
      Object.keys(resourceShape).filter(
        (key) =>
          !Object.hasOwn(parts, key) &&
          (isMeant(['resources', index, key]) || (isMapping(resource) && Object.hasOwn(resource, key))),
      ),
    );
    const slices = broken.has('for_each')
      ? undefined
      : await readSlices(parts.for_each, {
          readFile: options.readFile,
          showName: (name) => options.name.replace(/[^/\\]*$/, name),
          report: reportResource,
          addProblems: (more) => problems.push(...more),
        });
    const context = { slices, auth: client.auth, year: options.now.getUTCFullYear(), broken };
    checkResource(parts, context, reportResource);
    all.push(slices ?? []);
  }
  return all;
}

const resourceShape = sourceSchema.shape.resources.element.shape;

type Parts<Shape extends Record<string, z.ZodType>> = { [Key in keyof Shape]?: z.output<Shape[Key]> };

/** The keys of a mapping whose values have the right form. */
function goodParts<Shape extends Record<string, z.ZodType>>(shape: Shape, value: unknown): Parts<Shape> {
  if (!isMapping(value)) return {};
  const good = Object.entries(shape).flatMap(([key, schema]) => {
    const parsed = schema.safeParse(Object.hasOwn(value, key) ? value[key] : undefined);
    return parsed.success && parsed.data !== undefined ? [[key, parsed.data] as const] : [];
  });
  return Object.fromEntries(good) as Parts<Shape>;
}
