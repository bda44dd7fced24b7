/** All placeholders of a resource: of its request, and of the columns that come from templates. */
import { ExpressionError } from '../expression-error.ts';
import { isMapping } from '../merge-defaults.ts';
import type { ColumnPart, EndpointPart, ResourcePart } from '../schema/source-schema.ts';
import { parseTemplate, placeholdersOf, type Placeholder } from '../template.ts';

export function placeholdersIn(resource: Partial<ResourcePart>): Placeholder[] {
  const tables = [resource.columns ?? {}, ...(resource.child_tables ?? []).map(({ columns }) => columns)];
  return [
    ...(resource.endpoint ? requestPlaceholders(resource.endpoint) : []),
    ...tables.flatMap((columns) => Object.values(columns).flatMap(columnPlaceholders)),
  ];
}

/** Those that make requests differ. */
export function requestPlaceholders({ path, params, headers, json, form = {} }: EndpointPart): Placeholder[] {
  const texts = [
    path,
    ...[params, headers, form].flatMap((values) => Object.values(values)),
    ...textsIn(json),
  ];
  return texts.flatMap((text) => (text === null ? [] : readPlaceholders(String(text))));
}

function columnPlaceholders(column: ColumnPart): Placeholder[] {
  return typeof column === 'object' && column.value !== undefined ? readPlaceholders(column.value) : [];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMapping(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** None of a template that cannot be read: that is reported where it stands. */
function readPlaceholders(text: string): Placeholder[] {
  try {
    return placeholdersOf(parseTemplate(text));
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}
