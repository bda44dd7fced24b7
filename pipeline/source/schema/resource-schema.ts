import { z } from 'zod';
import { durationPattern, explainDuration } from '../duration.ts';
import { endpointSchema } from './endpoint-schema.ts';
import { forEachSchema } from './for-each-schema.ts';
import { incrementalSchema } from './incremental-schema.ts';
import { reconcileSchema } from './reconcile-schema.ts';
import { childTableSchema, tableKeys, tableNameSchema } from './table-schema.ts';

const everyPattern = new RegExp(`^once$|${durationPattern.source}`);

export const resourceSchema = z
  .strictObject({
    name: tableNameSchema.meta({
      description: 'Names the resource and its table.',
      examples: ['hourly_weather'],
    }),
    table_name: tableNameSchema.optional().meta({
      description:
        'The table that the rows go to, where it is not called like the resource. Resources with the same table feed it together, such as a list that is fetched once and the feed of its changes: their `columns`, keys and partitions agree, each says where its own records and values are found, and `order_by` says which of two rows is the later one.',
      examples: ['customers'],
    }),
    every: z
      .string()
      .regex(everyPattern, { error: (issue) => `${explainDuration(String(issue.input))}, or once` })
      .optional()
      .meta({
        description:
          "ISO 8601 duration, at least PT1M: the least time between two fetches; or `once`, until `reconcile` lists it again. Without it, every beat of the stack's schedule (`Cadence`).",
        examples: ['PT1H'],
      }),
    for_each: forEachSchema.optional().meta({
      description:
        'One request for each element of a list, under the name of a variable: scalars (`{station}`), flat records (`{city.lat}`), or the long form. Several variables are crossed.',
      examples: [{ station: ['KNYC', 'KLIT'] }, { city: { file: 'cities.csv' } }],
    }),
    combine: z
      .enum(['cross', 'zip'])
      .default('cross')
      .meta({
        description:
          'How several variables of `for_each` meet: each element with each (`cross`), or the n-th with the n-th (`zip`).',
        examples: ['zip'],
      }),
    on_slice_error: z
      .enum(['fail', 'skip_and_report'])
      .default('fail')
      .meta({
        description:
          'What an element of `for_each` does whose requests fail for good: fail the fetch of all, or be left out and reported.',
        examples: ['skip_and_report'],
      }),
    endpoint: endpointSchema.meta({ description: 'The request of this resource.' }),
    incremental: incrementalSchema.optional().meta({
      description: 'What is new since the last fetch, in place of everything.',
      examples: [{ cursor_path: '$.updated_at', initial_value: '2024-01-01' }],
    }),
    reconcile: reconcileSchema.optional().meta({
      description:
        'Everything is listed anew from time to time: what has vanished at the source can vanish here. Needs a `primary_key`.',
      examples: [{ every: 'P7D', delete_missing: true }],
    }),
    data_selector: z
      .string()
      .default('$')
      .meta({
        description:
          "Path of the records in the response body: `$`, `$.field`, `$['odd name']`, `$.list[0]`.",
        examples: ['$.features'],
      }),
    shape: z
      .enum(['object', 'list', 'map', 'columns'])
      .default('list')
      .meta({
        description:
          'What the selector finds: `object` is one row, `list` one row per element, `map` an object of records, one row per key, `columns` an object of parallel lists, one row per position.',
        examples: ['columns'],
      }),
    ...tableKeys,
    child_tables: z
      .array(childTableSchema)
      .optional()
      .meta({
        description: 'Lists within the records, each as a table of its own.',
        examples: [
          [
            {
              name: 'order_lines',
              records: '$.lines',
              columns: { order_id: { type: 'bigint', from_parent: '$.id' }, sku: 'string' },
              partition_by: 'none',
            },
          ],
        ],
      }),
  })
  .meta({ id: 'resource', title: 'Resource', description: 'One request pattern, one table.' });

/** What resources may share: every key of theirs but the name, none of them needed. */
export const resourceDefaultsSchema = resourceSchema
  .omit({ name: true })
  .extend({
    endpoint: endpointSchema.partial().meta({
      id: 'endpoint_defaults',
      title: 'Endpoint defaults',
      description: 'What the requests of all resources share.',
    }),
    incremental: incrementalSchema.partial().meta({
      id: 'incremental_defaults',
      title: 'Incremental defaults',
      description: 'What the incremental fetches of all resources share.',
    }),
    reconcile: reconcileSchema.partial().meta({
      id: 'reconcile_defaults',
      title: 'Reconcile defaults',
      description: 'What the complete listings of all resources share.',
    }),
  })
  .partial()
  .meta({ id: 'resource_defaults', title: 'Resource defaults' });
