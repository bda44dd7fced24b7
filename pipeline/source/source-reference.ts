/** `docs/source-reference.md`, from the descriptions and examples in the schema: nothing is described twice. */
import { stringify } from 'yaml';
import { sourceJsonSchema, type JsonSchema } from './json-schema.ts';

/** Checked by a test, like every source. */
export const exampleSource = `version: 1
name: weather
client:
  base_url: https://api.open-meteo.com/v1/
resources:
  - name: hourly_weather
    every: PT1H
    for_each:
      city: [{ name: Berlin, lat: 52.52, lon: 13.41 }, { name: Oslo, lat: 59.91, lon: 10.75 }]
    endpoint:
      path: forecast
      params:
        latitude: '{city.lat}'
        longitude: '{city.lon}'
        hourly: temperature_2m
        timeformat: unixtime
        past_hours: 24
    data_selector: $.hourly
    shape: columns
    columns:
      city: { type: string, value: '{city.name}' }
      time: { type: timestamp, unit: s }
      temperature_2m: double
    primary_key: [city, time]
    event_time: time
`;

const introduction = `# The source file

One YAML file describes an API, its resources and their tables. \`catchwater check FILE\` says what is wrong with it, and where.
This page is generated from the schema (\`catchwater schema\`); editors complete and check against the same one when the file
begins with \`# yaml-language-server: $schema=./source.schema.json\`.

\`\`\`yaml
${exampleSource}\`\`\`

**Templates.** \`{city.lat}\` stands for a field of the current element of \`for_each\`, \`{station}\` for the element itself when
it is a scalar. A literal brace is doubled: \`{{\`, \`}}\`. A text that starts with \`{\` needs quotes in YAML.

**Paths.** \`$\` is the whole value, \`$.a.b\` a field in a field, \`$['odd name']\` a field with any name, \`$.list[0]\` an element of
a list. A path finds one value or nothing; there are no wildcards and no filters. In \`{ }\` a path with \`[\` needs quotes.

**Durations** are ISO 8601: \`PT30S\`, \`PT15M\`, \`PT1H\`, \`P1D\`. Months and years differ in length and are refused.

**Every table** also has \`_extra\` (JSON of the fields that the contract does not name), \`_scheduled_at\`, \`_fetched_at\`, \`_object\`,
\`_line\` and \`_row\`: lineage to the raw response. \`primary_key\`, \`event_time\` and \`order_by\` may name \`_scheduled_at\`.

**Not in this version**, and refused by name: \`paginator\`, \`incremental\`, \`api_budget\`, \`response_filters\`, \`schema_contract\`,
\`delete_when\`, \`moving_keys\`, \`group\` and \`match\` of \`for_each\`, \`shape: map\`, \`partition_by: minute\` or by other columns,
\`write_disposition: replace\` and \`append\`.
`;

/** In this order; the rest of the definitions repeats one of them. */
const sections = [
  'client',
  'api_key',
  'bearer',
  'secret',
  'resource',
  'endpoint',
  'for_each_file',
  'column',
  'column_type',
  'event_time',
];

export function sourceReference(): string {
  const schema = sourceJsonSchema();
  const definitions = schema.definitions ?? {};
  const parts = sections.flatMap((name) => {
    const definition = definitions[name];
    return definition ? [describeMapping(definition)] : [];
  });
  return [introduction, describeMapping({ ...schema, title: 'The file' }), ...parts].join('\n');
}

function describeMapping(schema: JsonSchema): string {
  const keys = Object.entries(schema.properties ?? {}).map(([key, value]) =>
    describeKey(key, value, schema.required?.includes(key) ?? false),
  );
  const description = schema.description === undefined ? [] : [`${schema.description}\n`];
  return [`## ${schema.title ?? ''}\n`, ...description, ...keys].join('\n');
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
  for_each: 'mapping of one name to a list or to [elements from a file](#elements-from-a-file)',
  every: 'duration',
  timeout: 'duration',
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
  return `[${known.toLowerCase()}](#${known
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]/g, '')
    .replaceAll(' ', '-')})`;
}
