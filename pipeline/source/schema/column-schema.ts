import { z } from 'zod';
import { checkKeys, cleansingKeys, protectionKeys } from './column-rules-schema.ts';
import { decimalPattern, explainColumnType, typeNames, typePattern } from './column-type.ts';

export const columnTypeSchema = z
  .string()
  .regex(typePattern, { error: (issue) => explainColumnType(String(issue.input)) })
  .meta({
    id: 'column_type',
    title: 'Column type',
    description:
      'A stored type: `boolean`, `bigint`, `double`, `decimal(digits,scale)`, `varchar`, `date`, `timestamp` (UTC, microseconds). `string`, `integer` and `number` are other names for `varchar`, `bigint` and `double`.',
    examples: ['double', 'decimal(10,2)'],
    // For editors, which complete from a list.
    anyOf: [{ enum: typeNames }, { pattern: decimalPattern.source }],
  });

export const longColumnSchema = z
  .strictObject({
    type: columnTypeSchema.meta({
      description: 'The stored type. A value that cannot be cast sends its row to quarantine.',
      examples: ['timestamp'],
    }),
    from: z
      .string()
      .optional()
      .meta({
        description: "Path of the value in the record; without it, the field with the column's name.",
        examples: ['$.properties.temperature.value', "$['us-epa-index']"],
      }),
    from_response: z
      .string()
      .optional()
      .meta({
        description: 'Path of the value in the whole response body, the same for all its rows.',
        examples: ['$.elevation'],
      }),
    from_parent: z
      .string()
      .optional()
      .meta({
        description: 'In a child table: path of the value in the record that holds the list.',
        examples: ['$.id'],
      }),
    from_key: z
      .boolean()
      .optional()
      .meta({
        description: 'With `shape: map`: the value is the key of the record.',
        examples: [true],
      }),
    value: z
      .string()
      .optional()
      .meta({
        description: 'A template instead of a value from the response.',
        examples: ['{city.name}'],
      }),
    expression: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'SQL over the other columns, and `record`, the record as JSON, instead of a value from the response.',
        examples: ['temp_c * 1.8 + 32', "record->>'kind'"],
      }),
    unit: z
      .enum(['s', 'ms', 'us'])
      .optional()
      .meta({
        description: 'Of a `timestamp` that arrives as a number: what it counts since 1970, UTC.',
        examples: ['s'],
      }),
    format: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'Of a `timestamp` or `date` that arrives as text other than ISO 8601, in strptime letters: %Y %m %d %H %M %S %f (microseconds) %g (milliseconds) %z (offset).',
        examples: ['%d/%m/%Y %H:%M'],
      }),
    timezone: z
      .literal('UTC')
      .optional()
      .meta({
        description:
          'Of a `timestamp` that arrives as text without an offset: what it means. Without this it goes to quarantine.',
        examples: ['UTC'],
      }),
    exact: z
      .boolean()
      .optional()
      .meta({
        description:
          'Of a `decimal` or `varchar` fed by JSON numbers: keep every digit. Without this, 15 digits are exact.',
        examples: [true],
      }),
    ...cleansingKeys,
    ...checkKeys,
    ...protectionKeys,
  })
  .meta({ id: 'column', title: 'Column, long form' });

export const columnSchema = z.union([columnTypeSchema, longColumnSchema]);

export const columnNamePattern = /^[a-z][a-z0-9_]*$/;
