/** How the records of a table are read, and where in them each column finds its text. */
import { ConfigError } from '../errors.ts';
import { parseJsonPath } from '../source/json-path.ts';
import type { JsonPath } from '../source/json-path.ts';
import type { PointerList } from './pointer-list.ts';
import { readChildren } from './read-children.ts';
import { readColumns } from './read-columns.ts';
import { readMap } from './read-map.ts';
import { readList, readObject } from './read-records.ts';
import type { RecordReader } from './read-records.ts';
import type { ColumnDefinition, TableDefinition } from './table-definition.ts';

const readers = { object: readObject, list: readList, map: readMap, columns: readColumns };

interface RecordTexts {
  reader: RecordReader;
  /** Undefined for a column whose value does not stand in the records. */
  textOf: (column: ColumnDefinition) => string | undefined;
}

export function recordTexts(
  definition: TableDefinition,
  line: { found: PointerList; selector: string },
): RecordTexts {
  const { shape, records } = definition;
  const paths = pathsOf(definition, 'record');
  const parentPaths = pathsOf(definition, 'parent');
  const taken = (definition.child_records ?? []).map(parseJsonPath);
  if (records === undefined) {
    const reader = readers[shape]([...paths.values()], { ...line, taken });
    return { reader, textOf: textFinder(definition, reader, [[paths, reader.texts]]) };
  }
  if (shape === 'columns') {
    throw new ConfigError(
      `table ${definition.name}: parallel arrays have no lists of children: the shape columns goes without child tables`,
    );
  }
  const children = {
    readParents: readers[shape],
    records: parseJsonPath(records),
    parentPaths: [...parentPaths.values()],
  };
  const reader = readChildren([...paths.values()], { ...line, taken }, children);
  const found: Found[] = [
    [paths, reader.texts],
    [parentPaths, reader.parentTexts],
  ];
  return { reader, textOf: textFinder(definition, reader, found) };
}

/** Columns by name → path. */
type Paths = Map<string, JsonPath>;
/** With the texts that the paths find, in the same order. */
type Found = [Paths, string[]];

function pathsOf({ columns }: TableDefinition, origin: 'record' | 'parent'): Paths {
  return new Map(
    columns.flatMap(({ name, from }): [string, JsonPath][] => {
      const path = (from as Partial<Record<typeof origin, string>>)[origin];
      return path === undefined ? [] : [[name, parseJsonPath(path)]];
    }),
  );
}

function textFinder(
  { name: table, records }: TableDefinition,
  reader: RecordReader,
  found: Found[],
): RecordTexts['textOf'] {
  const texts = new Map(
    found.flatMap(([paths, values]) =>
      [...paths.keys()].map((name, index) => [name, values[index]] as const),
    ),
  );
  return ({ name, from }) => {
    if ('key' in from && reader.key === undefined)
      throw new ConfigError(`table ${table}: column ${name}: only with shape: map has a record a key`);
    if ('parent' in from && records === undefined)
      throw new ConfigError(`table ${table}: column ${name}: only a child table's records have a parent`);
    return 'key' in from ? reader.key : texts.get(name);
  };
}
