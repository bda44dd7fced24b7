import { z } from 'zod';
import { sourceSchema } from './schema/source-schema.ts';

/** What both the file for editors and the reference are made of. */
export interface JsonSchema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** Draft 7: the one that editors' YAML plug-ins understand best. */
export function sourceJsonSchema(): JsonSchema {
  return z.toJSONSchema(sourceSchema, { target: 'draft-7', io: 'input' }) as JsonSchema;
}

/** `sources/source.schema.json`, as stored. Keys of a resource may come from `resource_defaults`: an editor cannot know. */
export function sourceSchemaText(): string {
  const schema = sourceJsonSchema();
  for (const name of ['resource', 'endpoint', 'incremental', 'reconcile']) {
    const definition = schema.definitions?.[name];
    if (definition) definition.required = definition.required?.filter((key) => key === 'name') ?? [];
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}
