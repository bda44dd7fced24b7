import { z } from 'zod';
import { durationSchema } from './client-schema.ts';
import { columnNamePattern, columnSchema } from './column-schema.ts';

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
const templatesSchema = z.record(z.string().min(1), z.union([scalarSchema, z.null()]));

export const forEachFileSchema = z
  .strictObject({
    file: z
      .string()
      .regex(/\.(?:csv|json)$/i, {
        error: (issue) => `'${String(issue.input)}' is neither a .csv nor a .json file`,
      })
      .meta({
        description:
          'A file beside the source. CSV: a header line with the names of the fields, commas, quotes where needed; every value is text, an empty one is null. JSON: a list of scalars or of flat records.',
        examples: ['cities.csv'],
      }),
  })
  .meta({ id: 'for_each_file', title: 'Elements from a file' });

const forEachListSchema = z
  .array(z.union([scalarSchema, z.record(z.string(), z.union([scalarSchema, z.null()]))]))
  .min(1);

export const endpointSchema = z
  .strictObject({
    path: z.string().meta({
      description: "Continues the client's `base_url`. Template: values of placeholders are percent-encoded.",
      examples: ['stations/{station}/observations'],
    }),
    method: z
      .enum(['GET', 'POST'])
      .default('GET')
      .meta({ description: 'The HTTP method.', examples: ['POST'] }),
    params: templatesSchema.default({}).meta({
      description: 'The query of the URL. Templates; a parameter whose value is null is not sent.',
      examples: [{ latitude: '{city.lat}', past_hours: 24 }],
    }),
    headers: templatesSchema.default({}).meta({
      description: "Headers of this resource's requests, over the client's. Templates; null: not sent.",
      examples: [{ 'Accept-Language': '{city.language}' }],
    }),
    json: z
      .json()
      .optional()
      .meta({
        description:
          'Body of a POST. Texts in it are templates; a lone placeholder keeps the type of its value.',
        examples: [{ query: { station: '{station}' } }],
      }),
  })
  .meta({ id: 'endpoint', title: 'Endpoint', description: 'The request.' });

const nameList = (description: string, examples: unknown[]) =>
  z.union([z.string(), z.array(z.string()).min(1)]).meta({ description, examples });

export const immutableEventTimeSchema = z
  .strictObject({
    column: z.string().meta({ description: 'The column.', examples: ['created_at'] }),
    immutable: z
      .boolean()
      .default(false)
      .meta({
        description: 'True: the time of a given key never changes, as with a creation time.',
        examples: [true],
      }),
  })
  .meta({ id: 'event_time', title: 'Event time, long form' });

export const resourceSchema = z
  .strictObject({
    name: z
      .string()
      .max(64)
      .regex(columnNamePattern, {
        error: (issue) =>
          `'${String(issue.input)}' cannot name a table: lower-case letters, digits and _ after a letter, as Athena stores it`,
      })
      .meta({ description: 'Names the resource and its table.', examples: ['hourly_weather'] }),
    every: durationSchema.optional().meta({
      description:
        "ISO 8601 duration, at least PT1M: the least time between two fetches. Without it, every beat of the stack's schedule (`Cadence`).",
      examples: ['PT1H'],
    }),
    for_each: z
      .record(z.string(), z.union([forEachListSchema, forEachFileSchema]))
      .optional()
      .meta({
        description:
          'One request for each element of a list, under the name of a variable: scalars (`{station}`), flat records (`{city.lat}`), or `{ file: … }`.',
        examples: [{ station: ['KNYC', 'KLIT'] }, { city: { file: 'cities.csv' } }],
      }),
    endpoint: endpointSchema.meta({ description: 'The request of this resource.' }),
    data_selector: z
      .string()
      .default('$')
      .meta({
        description:
          "Path of the records in the response body: `$`, `$.field`, `$['odd name']`, `$.list[0]`.",
        examples: ['$.features'],
      }),
    shape: z
      .enum(['object', 'list', 'columns'])
      .default('list')
      .meta({
        description:
          'What the selector finds: `object` is one row, `list` one row per element, `columns` an object of parallel lists, one row per position.',
        examples: ['columns'],
      }),
    columns: z.record(z.string().regex(columnNamePattern), columnSchema).meta({
      description:
        'The contract of the table, in order: name and type, or the long form. What it does not name is kept in `_extra` and reported as schema drift.',
      examples: [{ temperature_2m: 'double', time: { type: 'timestamp', unit: 's' } }],
    }),
    primary_key: nameList(
      'The column or columns that identify a row; of several rows with one key the latest wins. Without it every row of every response is kept once.',
      ['id', ['city', 'time']],
    ).optional(),
    event_time: z
      .union([z.string(), immutableEventTimeSchema])
      .optional()
      .meta({
        description:
          'The time that says which partition a row belongs to: a `timestamp` or `date` column, or `_scheduled_at` for snapshots. It must be part of the primary key or, in the long form, immutable. Needed unless `partition_by` is `none`.',
        examples: ['time', { column: 'created_at', immutable: true }],
      }),
    partition_by: z
      .enum(['none', 'year', 'month', 'day', 'hour'])
      .default('hour')
      .meta({
        description: 'The folders of the table, by event time in UTC.',
        examples: ['day'],
      }),
    first_year: z
      .int()
      .min(1900)
      .max(2100)
      .default(2024)
      .meta({
        description:
          'The first year the table can hold. Rows of earlier years, or more than two years ahead, go to quarantine. Fewer years are fewer places for Athena to look.',
        examples: [2015],
      }),
    files_per_partition: z
      .int()
      .min(1)
      .max(128)
      .default(1)
      .meta({
        description:
          "Files of one partition, fixed for the table's life. More only where one hour exceeds about 20 MB.",
        examples: [8],
      }),
    write_disposition: z
      .enum(['merge'])
      .default('merge')
      .meta({
        description: 'How new rows meet stored ones. `merge`: one row per primary key, the latest wins.',
        examples: ['merge'],
      }),
    order_by: nameList(
      'Which of several rows with one key is the latest: the last by these columns, then by the time it was fetched.',
      ['updated_at'],
    ).optional(),
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
  })
  .partial()
  .meta({ id: 'resource_defaults', title: 'Resource defaults' });
