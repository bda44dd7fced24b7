/** `docs/source-reference.md`, from the descriptions and examples in the schema: nothing is described twice. */
import { stringify } from 'yaml';
import { sourceJsonSchema, type JsonSchema } from './json-schema.ts';
import { introduction } from './reference-introduction.ts';

/** In this order; the rest of the definitions repeats one of them. */
const sections = [
  'client',
  'api_key',
  'bearer',
  'http_basic',
  'oauth2_client_credentials',
  'oauth2_refresh_token',
  'session_token',
  'login',
  'aws_sigv4',
  'secret',
  'api_budget',
  'policy',
  'resource',
  'for_each_variable',
  'range',
  'match',
  'endpoint',
  'csv',
  'page_number',
  'offset',
  'cursor',
  'header_link',
  'json_link',
  'continue',
  'single_page',
  'response_filter',
  'body_rule',
  'header_rule',
  'incremental',
  'reconcile',
  'column',
  'column_type',
  'event_time',
  'schema_contract',
  'quarantine_limit',
  'child_table',
];

export function sourceReference(): string {
  const schema = sourceJsonSchema();
  const definitions = schema.definitions ?? {};
  const told: Told = new Map();
  const parts = sections.flatMap((name) => {
    const definition = definitions[name];
    return definition ? [describeMapping(definition, told)] : [];
  });
  return [introduction, describeMapping({ ...schema, title: 'The file' }, told), ...parts].join('\n');
}

/** What a key means, by its name and schema, and the section that says so first. */
type Told = Map<string, string>;

function describeMapping(schema: JsonSchema, told: Told): string {
  const title = schema.title ?? '';
  const repeated = new Map<string, string[]>();
  const keys = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const required = schema.required?.includes(key) ?? false;
    const identity = JSON.stringify([key, value, required]);
    const section = told.get(identity);
    if (section === undefined) {
      told.set(identity, title);
      return [describeKey(key, value, required)];
    }
    repeated.set(section, [...(repeated.get(section) ?? []), `\`${key}\``]);
    return [];
  });
  const description = schema.description === undefined ? [] : [`${schema.description}\n`];
  const rest = [...repeated].map(([section, names]) => `As in ${linkTo(section)}: ${names.join(', ')}.\n`);
  return [`## ${title}\n`, ...description, ...keys, ...rest].join('\n');
}

function describeKey(key: string, schema: JsonSchema, required: boolean): string {
  const fallback =
    schema.default === undefined ? '' : `, default \`${JSON.stringify(schema.default).replaceAll('"', '')}\``;
  const facts = `${kinds[key] ?? describeType(schema)}${required ? ', required' : fallback}`;
  const [example] = schema.examples ?? [];
  const shown = example ?? schema.const;
  const code =
    shown === undefined
      ? ''
      : `\n\`\`\`yaml\n${stringify({ [key]: shown }, { singleQuote: true, lineWidth: 0 })}\`\`\`\n`;
  return `### \`${key}\`\n\n${[`_${facts}._`, schema.description ?? ''].join(' ').trim()}\n${code}`;
}

/** Where the schema's own words are longer than its sense. */
const kinds: Record<string, string> = {
  for_each: 'mapping of names to a list or to the [long form](#variable-of-for_each)',
  every: 'duration',
  timeout: 'duration',
  max_waiting_time: 'duration',
  per: 'duration',
  lifetime: 'duration',
  default_token_expiration: 'duration',
  delay: 'duration',
  step: 'duration',
  api_retention: 'duration',
  lookback_window: 'duration or number',
  granularity: 'duration or number',
};

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  null: '`null`',
};

function describeType(schema: JsonSchema): string {
  const reference = schema.$ref ?? schema.allOf?.find((part) => part.$ref !== undefined)?.$ref;
  if (reference !== undefined) return describeReference(reference);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(describeType))].join(' or ');
  if (schema.type === 'array') return `list of ${describeType(schema.items ?? {})}`;
  if (schema.type === 'object') return describeRecord(schema.additionalProperties);
  const types = [schema.type ?? []].flat().map((type) => typeNames[type] ?? type);
  if (types.length > 2) return types.includes('`null`') ? 'scalar or `null`' : 'scalar';
  const range = schema.maximum === undefined ? '' : ` from ${schema.minimum ?? 0} to ${schema.maximum}`;
  return `${types.join(' or ') || 'any JSON value'}${range}`;
}

function describeRecord(values: JsonSchema | boolean | undefined): string {
  return typeof values === 'object' ? `mapping of names to ${describeType(values)}` : 'mapping';
}

function describeReference(reference: string): string {
  const name = reference.replace(/^.*\//, '');
  const known = sourceJsonSchema().definitions?.[name]?.title;
  if (known === undefined || !sections.includes(name))
    return name.startsWith('__') ? 'any JSON value' : 'mapping';
  return linkTo(known);
}

function linkTo(title: string): string {
  const anchor = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ ]/g, '')
    .replaceAll(' ', '-');
  return `[${title.toLowerCase()}](#${anchor})`;
}
