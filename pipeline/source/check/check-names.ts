import { tableNameOf } from '../compile/define-table.ts';
import type { Report } from '../report.ts';
import type { ResourcePart } from '../schema/source-schema.ts';

/** A resource has a name of its own. A table may have several resources, a child table's name is for one alone. */
export function checkNames(resources: readonly Partial<ResourcePart>[], report: Report): void {
  const names = new Set<string>();
  const tables = new Set(
    resources.flatMap(({ name, table_name }) =>
      name === undefined ? [] : [tableNameOf({ name, table_name })],
    ),
  );
  for (const [index, { name, child_tables: children = [] }] of resources.entries()) {
    const path = ['resources', index];
    if (name !== undefined && names.has(name))
      report([...path, 'name'], `the resource '${name}' is there twice`);
    if (name !== undefined) names.add(name);
    for (const [number, child] of children.entries()) {
      if (tables.has(child.name)) {
        const message = `the table '${child.name}' is there twice: only resources can feed one table together`;
        report([...path, 'child_tables', number, 'name'], message);
      }
      tables.add(child.name);
    }
  }
}
