/** The source language, version 1: the one description that checks, editors and `docs/source-reference.md` come from. */
import { z } from 'zod';
import { clientSchema } from './client-schema.ts';
import type { forEachVariableSchema } from './for-each-schema.ts';
import type { longPaginatorSchema } from './paginator-schema.ts';
import { resourceDefaultsSchema, resourceSchema } from './resource-schema.ts';
import type { tableKeys } from './table-schema.ts';

export const sourceSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: 'The version of the source language.', examples: [1] }),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, {
        error: (issue) =>
          `'${String(issue.input)}' cannot name a source: up to 31 lower-case letters, digits and - after a letter`,
      })
      .meta({ description: 'Names the source.', examples: ['open-meteo'] }),
    attribution: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'Licence and credit line of the data, shown wherever the data is.',
        examples: ['Weather data by Open-Meteo.com, CC BY 4.0'],
      }),
    client: clientSchema.meta({ description: 'What the requests of all resources share.' }),
    resource_defaults: resourceDefaultsSchema.optional().meta({
      description:
        'Keys of resources that they share, merged under each of them key by key: a value of the resource replaces the default. `for_each`, `event_time`, `endpoint.json`, `endpoint.paginator`, lists and each column are replaced as a whole.',
      examples: [{ every: 'PT1H', partition_by: 'day' }],
    }),
    resources: z
      .array(resourceSchema)
      .min(1)
      .meta({
        description: 'One entry per request pattern, with its table.',
        examples: [
          [{ name: 'events', endpoint: { path: 'events' }, columns: { id: 'bigint' }, partition_by: 'none' }],
        ],
      }),
  })
  .meta({ title: 'Catchwater source', description: 'One YAML file: an API, its resources, their tables.' });

export type SourceFile = z.output<typeof sourceSchema>;
export type ClientPart = SourceFile['client'];
export type ResourcePart = SourceFile['resources'][number];
export type EndpointPart = ResourcePart['endpoint'];
export type TableParts = Pick<ResourcePart, keyof typeof tableKeys>;
export type ChildTablePart = NonNullable<ResourcePart['child_tables']>[number];
export type IncrementalPart = NonNullable<ResourcePart['incremental']>;
export type PaginatorPart = z.output<typeof longPaginatorSchema>;
export type ForEachVariable = z.output<typeof forEachVariableSchema>;
export type ColumnPart = ResourcePart['columns'][string];
