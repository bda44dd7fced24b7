import { z } from 'zod';
import { secretSchema } from './secret-schema.ts';

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** What a value is made into, before it is stored. */
export const cleansingKeys = {
  trim: z
    .boolean()
    .optional()
    .meta({ description: 'Leave out white space at both ends of a text.', examples: [true] }),
  null_if: z
    .union([scalarSchema, z.array(scalarSchema).min(1)])
    .optional()
    .meta({ description: 'These values mean that there is none.', examples: [-9999, ['', 'n/a']] }),
  default: scalarSchema
    .optional()
    .meta({ description: 'What stands for a value that is not there.', examples: [0] }),
};

/** What must be true of a value. */
export const checkKeys = {
  not_null: z
    .boolean()
    .optional()
    .meta({ description: 'A row without a value breaks the contract.', examples: [true] }),
  in: z
    .array(scalarSchema)
    .min(1)
    .optional()
    .meta({ description: 'The values that there may be.', examples: [['open', 'closed']] }),
  min: z
    .union([z.number(), z.string()])
    .optional()
    .meta({ description: 'The least value; a time as text.', examples: [-90, '2020-01-01'] }),
  max: z
    .union([z.number(), z.string()])
    .optional()
    .meta({ description: 'The greatest value; a time as text.', examples: [90] }),
  matches: z
    .string()
    .min(1)
    .optional()
    .meta({
      description: 'A regular expression (RE2) that the whole of a text fits.',
      examples: ['[A-Z]{4}'],
    }),
  unique: z
    .boolean()
    .optional()
    .meta({
      description: 'No two rows of one file have the same value; `warn` unless `on_fail` says `fail`.',
      examples: [true],
    }),
  on_fail: z
    .enum(['quarantine', 'warn', 'fail'])
    .optional()
    .meta({
      description:
        'What a broken rule of this column does: the row goes to `quarantine` (unless said otherwise), it is counted and stored (`warn`), or it goes to quarantine and the table is held (`fail`).',
      examples: ['warn'],
    }),
};

/** What never lands as it is. */
export const protectionKeys = {
  redact: z
    .boolean()
    .optional()
    .meta({ description: 'The value is blotted out before anything is stored.', examples: [true] }),
  hash: secretSchema.optional().meta({
    description:
      'The secret that is the key of an HMAC-SHA-256, which replaces the value before anything is stored: equal values stay equal.',
    examples: [{ secret: 'pseudonym-key' }],
  }),
};
