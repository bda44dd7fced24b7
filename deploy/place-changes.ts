import type { Change } from '../pipeline/table/compare-change.ts';
import { problemAt, type TextFile } from '../pipeline/source/problem.ts';
import { parseYamlFile, type YamlFile } from '../pipeline/source/yaml-file.ts';
import { findNode, spanAt, type Path } from '../pipeline/source/yaml-span.ts';

export interface PlacedChange extends Change {
  /** Of the source file, both from 1; absent where nothing of the change stands in it. */
  line?: number;
  column?: number;
}

/** Where the source file says what has changed. What is gone is shown at what it is gone from. */
export function placeChanges(changes: readonly Change[], file: TextFile): PlacedChange[] {
  const parsed = parseYamlFile({ ...file, text: file.text.replace(/^\uFEFF/, '') });
  return changes.map((change) => {
    const path = ownPath(parsed, change);
    if (!path) return change;
    const { line, column } = problemAt(parsed, spanAt(parsed, path), '');
    return { ...change, line, column };
  });
}

function ownPath(file: YamlFile, { resource, table, path }: Change): Path | undefined {
  if (resource === undefined) return path;
  const { resources } = file.value as { resources: { name?: string; child_tables?: { name?: string }[] }[] };
  const index = resources.findIndex(({ name }) => name === resource);
  if (index === -1) return undefined;
  const child = resources[index]?.child_tables?.findIndex(({ name }) => name === table) ?? -1;
  const inResource = table !== undefined && child >= 0 ? ['child_tables', child, ...path] : path;
  const own = ['resources', index, ...inResource];
  const shared = ['resource_defaults', ...inResource];
  const isShared = stepsOf(file, own) < own.length && stepsOf(file, shared) === shared.length;
  // As near as the file gets: a type may stand in the short form of its column.
  return isShared ? shared : own.slice(0, stepsOf(file, own));
}

function stepsOf(file: YamlFile, path: Path): number {
  return findNode(file, path).steps;
}
