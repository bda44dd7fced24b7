/**
 * Templates: `{city.lat}` stands for the field of a record, `{city}` for a scalar of `for_each`; `{{` and `}}` are
 * literal braces. The placeholders of a source are checked when it is loaded; a function only fills them in.
 */
import { ExpressionError } from './expression-error.ts';
import type { Slice } from './source.ts';

export interface Placeholder {
  variable: string;
  field?: string;
  /** Where it stands in the template's text. */
  offset: number;
  length: number;
}
export type TemplatePart = { literal: string } | { placeholder: Placeholder };
export type Template = readonly TemplatePart[];
export type TemplateValue = string | number | boolean | null;

const token = /\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g;
const placeholderText = /^\{([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\}$/;

/** Literals and placeholders in order, no two literals side by side. Throws ExpressionError. */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let literal = '';
  for (const match of text.matchAll(token)) {
    const [found] = match;
    if (!/^[{}]/.test(found)) literal += found;
    else if (found === '{{' || found === '}}') literal += found.slice(1);
    else {
      const placeholder = readPlaceholder(found, match.index);
      if (literal !== '') parts.push({ literal });
      literal = '';
      parts.push({ placeholder });
    }
  }
  if (literal !== '') parts.push({ literal });
  return parts;
}

function readPlaceholder(found: string, offset: number): Placeholder {
  const place = { offset, length: found.length };
  if (found === '{' || found === '}') {
    const missing = found === '{' ? "'{' is never closed" : "'}' closes nothing";
    throw new ExpressionError(`${missing}; a literal brace is doubled: ${found}${found}`, place);
  }
  const [, variable, field] = placeholderText.exec(found) ?? [];
  const parent = /^\{resources\.(\w+)\.(\w+)\}$/.exec(found);
  if (parent) {
    throw new ExpressionError(
      `${found} is reached by for_each: { item: { resource: ${parent[1]} } }, and then is {item.${parent[2]}}`,
      place,
    );
  }
  if (variable === undefined) {
    throw new ExpressionError(
      `${found} is no placeholder: write {variable} or {variable.field}, literal braces doubled`,
      place,
    );
  }
  return field === undefined ? { variable, ...place } : { variable, field, ...place };
}

/** The template's placeholders, in order. */
export function placeholdersOf(template: Template): Placeholder[] {
  return template.flatMap((part) => ('placeholder' in part ? [part.placeholder] : []));
}

/** The text with every placeholder filled in; a null becomes an empty text. */
export function renderTemplate(template: string | Template, slice: Slice): string {
  return render(template, slice, String);
}

/** For a path: values are percent-encoded, so that none can add a segment or a query. */
export function renderPath(template: string | Template, slice: Slice): string {
  return render(template, slice, (value) => encodeURIComponent(value));
}

/** For a parameter or header: undefined when the template is one placeholder whose value is null, so not to be sent. */
export function renderParameter(template: string | Template, slice: Slice): string | undefined {
  const parts = parsed(template);
  return soleValue(parts, slice) === null ? undefined : renderTemplate(parts, slice);
}

/** For a JSON body: every string in it is a template; one that is a single placeholder keeps its value's type. */
export function renderJson(value: unknown, slice: Slice): unknown {
  if (typeof value === 'string') {
    const parts = parsed(value);
    const sole = soleValue(parts, slice);
    return sole === undefined ? renderTemplate(parts, slice) : sole;
  }
  if (Array.isArray(value)) return value.map((item) => renderJson(item, slice));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderJson(item, slice)]));
}

/** The value a placeholder stands for. Throws ExpressionError when the slice has none. */
export function placeholderValue(placeholder: Placeholder, slice: Slice): TemplateValue {
  const { variable, field, ...place } = placeholder;
  const value = Object.hasOwn(slice, variable) ? slice[variable] : undefined;
  if (field === undefined && value !== undefined && typeof value !== 'object') return value;
  if (field !== undefined && typeof value === 'object' && Object.hasOwn(value, field))
    return value[field] ?? null;
  const text = field === undefined ? variable : `${variable}.${field}`;
  throw new ExpressionError(`{${text}} stands for no value of for_each: ${JSON.stringify(slice)}`, place);
}

function render(template: string | Template, slice: Slice, encode: (value: string) => string): string {
  return parsed(template)
    .map((part) =>
      'literal' in part ? part.literal : encode(String(placeholderValue(part.placeholder, slice) ?? '')),
    )
    .join('');
}

function soleValue(parts: Template, slice: Slice): TemplateValue | undefined {
  const [first, second] = parts;
  if (first === undefined || second !== undefined || 'literal' in first) return undefined;
  return placeholderValue(first.placeholder, slice);
}

function parsed(template: string | Template): Template {
  return typeof template === 'string' ? parseTemplate(template) : template;
}
