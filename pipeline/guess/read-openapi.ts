/** A description of an API (OpenAPI 3, Swagger 2) → a sample of one of its lists, made from the schema of the answer. */
import { ConfigError } from '../errors.ts';
import type { ColumnType } from '../table/table-spec.ts';
import { isRecord, type Sample } from './sample.ts';

const deepest = 8;

/** `path`: which of them; default: the first GET without a placeholder whose answer holds a list. Throws ConfigError. */
export function readOpenApi(document: Record<string, unknown>, path?: string): Sample {
  const paths = isRecord(document['paths']) ? document['paths'] : {};
  const answers = Object.entries(paths).flatMap(([name, item]) => {
    const schema = answerSchema(document, isRecord(item) ? item['get'] : undefined);
    return schema === undefined ? [] : [{ name, ...exampleOf(document, schema) }];
  });
  const chosen =
    path === undefined
      ? (answers.find(({ name, example }) => !name.includes('{') && JSON.stringify(example).includes('[{')) ??
        answers[0])
      : answers.find(({ name }) => name === path);
  if (!chosen) {
    const known = answers.map(({ name }) => name).slice(0, 20);
    const what =
      path === undefined
        ? 'describes no GET with a JSON answer'
        : `describes no GET of '${path}' with a JSON answer`;
    throw new ConfigError(
      `the description ${what}${known.length > 0 ? `; it has ${known.join(', ')}: choose one with --path` : ''}`,
    );
  }
  return {
    url: new URL(serverOf(document) + chosen.name),
    headers: {},
    body: chosen.example,
    types: chosen.types,
  };
}

function serverOf(document: Record<string, unknown>): string {
  const [server] = Array.isArray(document['servers']) ? (document['servers'] as unknown[]) : [];
  if (isRecord(server) && typeof server['url'] === 'string' && /^https?:/.test(server['url']))
    return server['url'].replace(/\/$/, '');
  if (typeof document['host'] === 'string') {
    const base = typeof document['basePath'] === 'string' ? document['basePath'] : '';
    return `https://${document['host']}${base}`.replace(/\/$/, '');
  }
  return 'https://api.example.com';
}

function answerSchema(document: Record<string, unknown>, operation: unknown): unknown {
  const responses = isRecord(operation) && isRecord(operation['responses']) ? operation['responses'] : {};
  const good = resolve(document, responses['200'] ?? responses['2XX'] ?? responses['default']);
  if (!isRecord(good)) return undefined;
  if (!isRecord(good['content'])) return good['schema'];
  const json = Object.entries(good['content']).find(([type]) => type.includes('json'))?.[1];
  return isRecord(json) ? json['schema'] : undefined;
}

interface Example {
  example: unknown;
  /** Types of the fields of list elements, by their path in the element. */
  types: Map<string, ColumnType>;
}

function exampleOf(document: Record<string, unknown>, schema: unknown): Example {
  const types = new Map<string, ColumnType>();
  const make = (part: unknown, path: string[], depth: number): unknown => {
    const found = resolve(document, part);
    if (!isRecord(found) || depth > deepest) return null;
    const combined = Array.isArray(found['allOf'])
      ? mergeAll(found['allOf'].map((one: unknown) => make(one, path, depth + 1)))
      : undefined;
    if (isRecord(found['properties'])) {
      const entries = Object.entries(found['properties']).map(
        ([name, inner]) => [name, make(inner, [...path, name], depth + 1)] as const,
      );
      return { ...combined, ...Object.fromEntries(entries) };
    }
    if (combined !== undefined) return combined;
    const first = [found['oneOf'], found['anyOf']].find(
      (list): list is unknown[] => Array.isArray(list) && list.length > 0,
    );
    if (first)
      return make(first.find((one) => isRecord(one) && one['type'] !== 'null') ?? first[0], path, depth + 1);
    if (found['items'] !== undefined) return [make(found['items'], [], depth + 1)];
    const { type, value } = scalarOf(found);
    if (type !== undefined) types.set(path.join('.'), type);
    return found['example'] ?? found['default'] ?? value;
  };
  const example = make(schema, [], 0);
  return { example, types };
}

function mergeAll(parts: unknown[]): Record<string, unknown> {
  return Object.fromEntries(parts.filter(isRecord).flatMap((part) => Object.entries(part)));
}

function scalarOf(schema: Record<string, unknown>): { type?: ColumnType; value: unknown } {
  const kind: unknown = Array.isArray(schema['type'])
    ? schema['type'].find((one) => one !== 'null')
    : schema['type'];
  if (kind === 'integer') return { type: 'bigint', value: 1 };
  if (kind === 'number') return { type: 'double', value: 0.5 };
  if (kind === 'boolean') return { type: 'boolean', value: true };
  if (schema['format'] === 'date-time') return { type: 'timestamp', value: '2026-01-01T00:00:00Z' };
  if (schema['format'] === 'date') return { type: 'date', value: '2026-01-01' };
  return kind === 'string' ? { type: 'varchar', value: 'text' } : { value: null };
}

function resolve(document: Record<string, unknown>, part: unknown): unknown {
  let found = part;
  for (let hop = 0; hop < 10 && isRecord(found) && typeof found['$ref'] === 'string'; hop += 1) {
    const steps = found['$ref']
      .replace(/^#\//, '')
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    found = steps.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), document);
  }
  return found;
}
