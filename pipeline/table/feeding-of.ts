import type { CompiledSource } from '../source/source.ts';
import type { TableSpec } from './table-spec.ts';

/** Who feeds a table: of a child table the resource whose records hold its own. */
export interface Feeding {
  resources: string[];
  /** Of several resources the first describes the files. */
  spec: TableSpec;
}

/** Undefined where the source does not have the table. */
export function feedingOf({ resources }: CompiledSource, table: string): Feeding | undefined {
  const feeds = resources.flatMap((resource) =>
    [resource.table, ...resource.child_tables]
      .filter(({ name }) => name === table)
      .map((spec) => ({ resource: resource.name, spec })),
  );
  const [first] = feeds;
  if (!first) return undefined;
  return { resources: [...new Set(feeds.map(({ resource }) => resource))], spec: first.spec };
}
