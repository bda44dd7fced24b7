/** Every part of a file that has the right form, whatever is wrong elsewhere. */
import type { z } from 'zod';
import { isMapping, type Mapping } from '../merge-defaults.ts';
import type { Problem } from '../problem.ts';
import { reportBelow, type Report } from '../report.ts';
import { sourceSchema, type ClientPart, type ResourcePart } from '../schema/source-schema.ts';
import type { ReadFile } from '../slices/read-elements.ts';
import { readSlices, type Elements } from '../slices/read-slices.ts';
import type { Path } from '../yaml-span.ts';
import { checkClient } from './check-client.ts';
import { parentFields } from '../slices/parent-fields.ts';
import { checkNames } from './check-names.ts';
import { checkParents, type Dependency } from './check-parents.ts';
import { checkResource } from './check-resource.ts';

export interface SourceFiles {
  name: string;
  readFile: ReadFile;
  now: Date;
}

export interface Findings {
  report: Report;
  problems: Problem[];
  /** The key at the path is there, misspelt. */
  isMeant: (path: Path) => boolean;
}

/** Gives the elements of each resource; those of a resource with problems are not to be used. */
export async function checkSource(value: Mapping, files: SourceFiles, found: Findings): Promise<Elements[]> {
  const { report, problems } = found;
  const reportClient = reportBelow(report, ['client']);
  const client: Partial<ClientPart> = goodParts(sourceSchema.shape.client.shape, value['client']);
  checkClient(client, reportClient);
  const resources: unknown[] = Array.isArray(value['resources']) ? value['resources'] : [];
  const all: Elements[] = [];
  const dependencies: Dependency[] = [];
  const named: Partial<ResourcePart>[] = [];
  for (const [index, resource] of resources.entries()) {
    const reportResource = reportBelow(report, ['resources', index]);
    const parts: Partial<ResourcePart> = goodParts(resourceShape, resource);
    named.push(parts);
    const broken = brokenKeys(parts, resource, (key) => found.isMeant(['resources', index, key]));
    const elements =
      broken.has('for_each') || broken.has('combine')
        ? undefined
        : await readSlices(parts, {
            readFile: files.readFile,
            showName: (name) => files.name.replace(/[^/\\]*$/, name),
            report: reportResource,
            addProblems: (more) => problems.push(...more),
          });
    const context = { elements, client, year: files.now.getUTCFullYear(), broken, reportClient };
    checkResource(parts, context, reportResource);
    dependencies.push({
      name: parts.name,
      columns: parts.columns,
      ...(elements?.parent && { parent: elements.parent }),
      paths: Object.values(elements?.parent ? parentFields(elements.parent, parts) : {}),
    });
    all.push(elements ?? { slices: [] });
  }
  checkNames(named, report);
  checkParents(dependencies, report);
  return all;
}

const resourceShape = sourceSchema.shape.resources.element.shape;

/** Keys that are there, or there under another spelling, but in no form to be checked. */
function brokenKeys(
  parts: Partial<ResourcePart>,
  resource: unknown,
  isMeant: (key: string) => boolean,
): Set<string> {
  const isThere = (key: string): boolean => isMapping(resource) && Object.hasOwn(resource, key);
  return new Set(
    Object.keys(resourceShape).filter((key) => !Object.hasOwn(parts, key) && (isMeant(key) || isThere(key))),
  );
}

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
