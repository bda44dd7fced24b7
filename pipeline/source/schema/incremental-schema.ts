import { z } from 'zod';
import { durationSchema, spanSchema } from './duration-schema.ts';

export const incrementalSchema = z
  .strictObject({
    cursor_path: z
      .string()
      .optional()
      .meta({
        description:
          'Path of the cursor in a record: the next fetch goes on from the largest value seen. Needed unless windows of time alone move it.',
        examples: ['$.updated_at'],
      }),
    cursor_type: z
      .enum(['time', 'number', 'text'])
      .default('time')
      .meta({ description: 'What the cursor is, and how its values are compared.', examples: ['number'] }),
    cursor_unit: z
      .enum(['iso', 's', 'ms'])
      .default('iso')
      .meta({
        description: 'How a time stands in records: ISO 8601, or seconds or milliseconds since 1970.',
        examples: ['s'],
      }),
    initial_value: z.union([z.string(), z.number()]).meta({
      description:
        'Where the first fetch begins: a time in ISO 8601, `-P30D` for that long before it, a number, or a text.',
      examples: ['2024-01-01', '-P30D', 0],
    }),
    end_value: z
      .union([z.string(), z.number()])
      .optional()
      .meta({ description: 'Where it ends for good; without it, now.', examples: ['2025-01-01'] }),
    lookback_window: z
      .union([spanSchema, z.number().gt(0)])
      .optional()
      .meta({
        description: 'Every fetch begins this much before the cursor: for records that arrive late.',
        examples: ['PT1H', 100],
      }),
    step: spanSchema.optional().meta({
      description:
        'ISO 8601 duration: windows of this length, one after another. Months and days follow the calendar in UTC, hours are elapsed time.',
      examples: ['P1D'],
    }),
    bounds: z
      .enum(['half_open', 'inclusive', 'exclusive_start'])
      .optional()
      .meta({
        description:
          'What the API makes of start and end: `half_open` [start, end), `inclusive` [start, end], `exclusive_start` (start, end]. Needed with `step` and where the end is sent; the wrong one loses rows or doubles them, so there is no default.',
        examples: ['half_open'],
      }),
    granularity: z
      .union([durationSchema, z.number().gt(0)])
      .optional()
      .meta({
        description:
          'The smallest difference that the API sees, PT1S unless `format` says otherwise (P1D for dates); for numbers, 1.',
        examples: ['P1D'],
      }),
    format: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'How times stand in requests: `iso`, `date`, `s`, `ms`, or strftime letters; `iso` unless said otherwise.',
        examples: ['date', '%Y%m%d'],
      }),
    delay: durationSchema.default('PT0S').meta({
      description: 'ISO 8601 duration: the newest records are not asked for until they are this old.',
      examples: ['PT10M'],
    }),
    row_order: z
      .enum(['asc', 'desc', 'none'])
      .default('none')
      .meta({ description: 'The order of records by the cursor, over all pages.', examples: ['desc'] }),
    client_side: z
      .boolean()
      .default(false)
      .meta({
        description: 'The API cannot filter: records before the cursor are left out here.',
        examples: [true],
      }),
    on_cursor_value_missing: z
      .enum(['raise', 'include', 'exclude'])
      .default('raise')
      .meta({ description: 'What to do with a record without a cursor.', examples: ['include'] }),
    api_retention: durationSchema.optional().meta({
      description:
        'ISO 8601 duration: how far back the API knows anything. What the cursor has missed is recorded as a gap.',
      examples: ['P90D'],
    }),
  })
  .meta({
    id: 'incremental',
    title: 'Incremental',
    description:
      'What is new since the last fetch, in place of everything. The request says it with `{incremental.start_value}` and `{incremental.end_value}`.',
  });
