/** The keys that say what a table is: of a resource, and of a child table. */
import { z } from 'zod';
import { columnNamePattern, columnSchema } from './column-schema.ts';

const contractAction = z.enum(['evolve', 'freeze', 'discard_row', 'discard_value']);

const contractPartsSchema = z
  .strictObject({
    columns: contractAction
      .optional()
      .meta({ description: 'What a field does that the contract does not name.', examples: ['freeze'] }),
    data_type: contractAction
      .optional()
      .meta({ description: 'What a value does that cannot be cast.', examples: ['discard_value'] }),
  })
  .meta({ id: 'schema_contract', title: 'Schema contract, long form' });

const nameList = (description: string, examples: unknown[]) =>
  z.union([z.string(), z.array(z.string()).min(1)]).meta({ description, examples });

const immutableEventTimeSchema = z
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

export const tableNameSchema = z
  .string()
  .max(64)
  .regex(columnNamePattern, {
    error: (issue) =>
      `'${String(issue.input)}' cannot name a table: lower-case letters, digits and _ after a letter, as Athena stores it`,
  });

export const tableKeys = {
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
        'The time that says which partition a row belongs to: a `timestamp` or `date` column, or `_scheduled_at` for snapshots. It must be part of the primary key, immutable (the long form), or free to move (`moving_keys`). Needed unless `partition_by` is `none`.',
      examples: ['time', { column: 'created_at', immutable: true }],
    }),
  partition_by: z
    .enum(['none', 'year', 'month', 'day', 'hour'])
    .default('hour')
    .meta({
      description: 'The folders of the table, by event time in UTC.',
      examples: ['day'],
    }),
  moving_keys: z
    .boolean()
    .optional()
    .meta({
      description:
        'True: the event time of a key may change, and its row then moves to another partition. Each load reads the keys of every file of the table: for entities, not for long time series.',
      examples: [true],
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
  include_when: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'SQL over the columns, and `record`, the record as JSON: rows for which it is not true are left out, and counted as filtered.',
      examples: ["record->'pull_request' IS NULL"],
    }),
  delete_when: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'SQL as in `include_when`: a row for which it is true removes the stored row with its key, as long as it is the latest. Where the table has an event time, such a row needs one too.',
      examples: ["status = 'deleted'"],
    }),
  schema_contract: z
    .union([contractAction, contractPartsSchema])
    .optional()
    .meta({
      description:
        'What a response does that breaks the contract. `evolve`, as without this: unknown fields are kept in `_extra`, rows with a value that cannot be cast go to quarantine. `discard_row`: the row goes to quarantine in both cases. `freeze`: it does, and the table is held. `discard_value`: the value alone is left out, and counted.',
      examples: ['freeze', { columns: 'evolve', data_type: 'discard_value' }],
    }),
  quarantine: z
    .strictObject({
      max_share: z
        .number()
        .min(0)
        .max(1)
        .meta({
          description:
            'The share of rows that may go to quarantine, of those of a load that no filter leaves out. Above it the table is held. Asked where there are 20 rows or more.',
          examples: [0.01],
        }),
    })
    .meta({ id: 'quarantine_limit', title: 'Quarantine limit' })
    .optional()
    .meta({
      description:
        'How many rows may fail to fit before someone is told: above that the table is held. Its good rows are published, the others stay in quarantine, an alarm goes off.',
      examples: [{ max_share: 0.01 }],
    }),
};

export const childTableSchema = z
  .strictObject({
    name: tableNameSchema.meta({ description: 'Names the table.', examples: ['order_lines'] }),
    records: z
      .string()
      .meta({ description: 'Path of the list, in a record of the resource.', examples: ['$.lines'] }),
    ...tableKeys,
  })
  .meta({
    id: 'child_table',
    title: 'Child table',
    description: 'A list within each record, as a table of its own: one row per element.',
  });
