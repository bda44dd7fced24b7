/** Resources that others depend on are there, and none depends on itself. */
import { didYouMean } from '../nearest-name.ts';
import type { Report } from '../report.ts';
import type { ResourcePart } from '../schema/source-schema.ts';
import { hiddenAt } from './check-protection.ts';

export interface Dependency {
  /** Of the resource; undefined where it has none that is good. */
  name: string | undefined;
  parent?: { variable: string; resource: string };
  /** Paths that are read in the parent's records. */
  paths: string[];
  columns: ResourcePart['columns'] | undefined;
}

/** One entry per resource, in their order; reports start at the file. */
export function checkParents(resources: readonly Dependency[], report: Report): void {
  const names = resources.flatMap(({ name }) => name ?? []);
  for (const [index, { name, parent, paths }] of resources.entries()) {
    if (!parent) continue;
    const path = ['resources', index, 'for_each', parent.variable, 'resource'];
    if (!names.includes(parent.resource)) {
      const others = names.filter((other) => other !== name);
      const known = others.length === 0 ? ': it is the only one' : `: the others are ${others.join(', ')}`;
      report(
        path,
        `there is no resource '${parent.resource}'${didYouMean(parent.resource, others) || known}`,
      );
      continue;
    }
    const chain = name === undefined ? [] : chainFrom(name, resources);
    if (chain.length > 1 && chain.at(-1) === name)
      report(path, `${chain.join(' → ')}: a resource cannot wait for its own records`);
    const columns = resources.find((resource) => resource.name === parent.resource)?.columns ?? {};
    const seen = paths.map((field) => hiddenAt(field, columns)).find((hidden) => hidden !== undefined);
    if (seen) {
      const message = `'${seen.name}' of '${parent.resource}' is hidden (${seen.how}), and would be sent and kept here as it is: take another field`;
      report(path, message);
    }
  }
}

/** The resource, its parent, and so on: to the first without one, or that is there already. */
function chainFrom(name: string, resources: readonly Dependency[]): string[] {
  const chain = [name];
  for (;;) {
    const last = chain.at(-1);
    const next = resources.find((resource) => resource.name === last)?.parent?.resource;
    if (next === undefined) return chain;
    if (chain.includes(next)) return [...chain, next];
    chain.push(next);
  }
}
