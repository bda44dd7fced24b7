import { z } from 'zod';
import { durationSchema } from './duration-schema.ts';

const policySchema = z
  .strictObject({
    limit: z
      .number()
      .gt(0)
      .meta({ description: 'Calls, or units of `weight`.', examples: [600] }),
    per: durationSchema.meta({ description: 'ISO 8601 duration: in this time.', examples: ['PT1M'] }),
    window: z
      .enum(['fixed', 'moving'])
      .default('fixed')
      .meta({
        description:
          'From when it is counted: `fixed` from each full minute, hour or day in UTC, `moving` within any span of that length.',
        examples: ['moving'],
      }),
  })
  .meta({ id: 'policy', title: 'Policy' });

const header = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description, examples: [example] });

export const budgetSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9._-]{0,62}$/, {
        error: (issue) =>
          `'${String(issue.input)}' cannot name a budget: up to 63 lower-case letters, digits and . _ - after a letter`,
      })
      .meta({ description: 'Sources that name the same budget share it.', examples: ['open-meteo'] }),
    policies: z
      .array(policySchema)
      .default([])
      .meta({
        description: 'All of these hold. Without any, only what responses say is kept to.',
        examples: [
          [
            { limit: 600, per: 'PT1M' },
            { limit: 10000, per: 'P1D' },
          ],
        ],
      }),
    reserve: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .meta({
        description: 'The part of every limit that backfills leave to live fetches.',
        examples: [0.2],
      }),
    weight: z
      .string()
      .min(1)
      .optional()
      .meta({
        description:
          'What one request counts, as arithmetic: numbers, `+ - * /`, `min max ceil floor round`, `params.x` (a parameter, as a number), `count(params.x)` (how many values it lists) and `slices`. Without it, every request counts 1.',
        examples: ['max(1, count(params.hourly) / 10) * slices'],
      }),
    remaining_header: header('The header that says how many calls are left.', 'X-RateLimit-Remaining'),
    reset_header: header(
      'The header that says until when: seconds from now, seconds since 1970, or a date.',
      'X-RateLimit-Reset',
    ),
  })
  .meta({ id: 'api_budget', title: 'API budget' });
