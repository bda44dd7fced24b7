/** What placeholders of a resource may name. */
import type { ResourcePart } from '../schema/source-schema.ts';
import { parentFields } from '../slices/parent-fields.ts';
import type { Elements } from '../slices/read-slices.ts';
import type { Slice } from '../source.ts';

export const incrementalFields = ['start_value', 'end_value', 'initial_value', 'last_value'] as const;

export interface TemplateScope {
  /** Undefined where for_each itself is at fault: then only the form of templates is checked. */
  slices: readonly Slice[] | undefined;
  /** A variable whose elements only a fetch tells, and its fields. */
  parent?: { variable: string; resource: string; fields: readonly string[] };
  /** There are windows to name. */
  incremental: boolean;
  /** What may stand between braces, and in how many slices. */
  known: ReadonlyMap<string, number>;
  /** The slices, with something in the place of what only a fetch tells. */
  samples: readonly Slice[];
}

/** Where nothing is known of slices and windows. */
export const noScope: TemplateScope = {
  slices: undefined,
  incremental: true,
  known: new Map(),
  samples: [],
};

/** Where no placeholder has a value. */
export const literalScope: TemplateScope = {
  slices: [{}],
  incremental: false,
  known: new Map(),
  samples: [{}],
};

/** A value that fits everywhere: in a path, a header, a body. */
const sample = '0';

export function scopeOf(
  resource: Partial<ResourcePart>,
  elements: Elements | undefined,
  incremental: boolean,
): TemplateScope {
  const windows = incremental ? { incremental: recordOf(incrementalFields) } : {};
  if (!elements) return { ...noScope, incremental };
  const { slices, parent } = elements;
  const fields = parent ? Object.keys(parentFields(parent, resource)) : [];
  const fetched = { ...(parent ? { [parent.variable]: recordOf(fields) } : {}), ...windows };
  return {
    slices,
    ...(parent ? { parent: { ...parent, fields } } : {}),
    incremental,
    known: knownPlaceholders(slices, parent ? fields.map((field) => `${parent.variable}.${field}`) : []),
    samples: Object.keys(fetched).length === 0 ? slices : slices.map((slice) => ({ ...slice, ...fetched })),
  };
}

function knownPlaceholders(slices: readonly Slice[], everywhere: readonly string[]): Map<string, number> {
  const known = new Map<string, number>();
  for (const slice of slices) {
    for (const name of placeholderNames(slice)) known.set(name, (known.get(name) ?? 0) + 1);
  }
  for (const name of everywhere) known.set(name, slices.length);
  return known;
}

export function placeholderNames(slice: Slice): string[] {
  return Object.entries(slice).flatMap(([variable, value]) =>
    typeof value === 'object' ? Object.keys(value).map((field) => `${variable}.${field}`) : [variable],
  );
}

function recordOf(fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, sample]));
}
