import { z } from 'zod';

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

const elementsSchema = z
  .array(z.union([scalarSchema, z.record(z.string(), z.union([scalarSchema, z.null()]))]))
  .min(1);

const rangeSchema = z
  .strictObject({
    from: z
      .union([z.number(), z.string()])
      .meta({ description: 'The first element: a whole number or a date.', examples: [1, '2024-01-01'] }),
    to: z.union([z.number(), z.string()]).meta({
      description: 'The last element is this one or the one before it.',
      examples: [50, '2024-12-31'],
    }),
    step: z
      .union([z.number(), z.string()])
      .optional()
      .meta({
        description:
          'From one element to the next: a whole number (1), or whole days, weeks or months (P1D).',
        examples: [10, 'P1M'],
      }),
  })
  .meta({ id: 'range', title: 'Range', description: 'Numbers or dates at equal distances.' });

const matchSchema = z
  .strictObject({
    path: z.string().meta({ description: 'Path in one answer.', examples: ['$.id'] }),
    value: z.string().meta({
      description: "Template over one element: the answer that has this value at the path is the element's.",
      examples: ['{city.id}'],
    }),
  })
  .meta({ id: 'match', title: 'Match', description: 'Which answer belongs to which element.' });

/** One variable of `for_each`, long form. Exactly one of the first four: `check-for-each.ts` sees to that. */
export const forEachVariableSchema = z
  .strictObject({
    values: elementsSchema.optional().meta({
      description: 'The elements themselves: scalars, or flat records.',
      examples: [['KNYC', 'KLIT']],
    }),
    file: z
      .string()
      .regex(/\.(?:csv|json)$/i, {
        error: (issue) => `'${String(issue.input)}' is neither a .csv nor a .json file`,
      })
      .optional()
      .meta({
        description:
          'A file beside the source. CSV: a header line with the names of the fields, commas, quotes where needed; every value is text, an empty one is null. JSON: a list of scalars or of flat records.',
        examples: ['cities.csv'],
      }),
    range: rangeSchema.optional().meta({
      description: 'Numbers or dates at equal distances, the last one included.',
      examples: [{ from: '2024-01-01', to: '2024-12-31', step: 'P1M' }],
    }),
    resource: z
      .string()
      .optional()
      .meta({
        description:
          'Another resource of this source: an element for each of its records. With its incremental state: for each record that its fetch brought.',
        examples: ['stations'],
      }),
    fields: z
      .record(z.string(), z.string())
      .optional()
      .meta({
        description:
          'Of `resource`: fields of the element, and their paths in its records. Without it, what placeholders name: `{station.id}` is `$.id`.',
        examples: [{ id: '$.properties.stationIdentifier' }],
      }),
    group: z
      .int()
      .min(2)
      .max(10_000)
      .optional()
      .meta({
        description: 'Up to this many elements share a request: a placeholder gives their values joined.',
        examples: [50],
      }),
    match: z
      .union([z.enum(['position']), matchSchema])
      .optional()
      .meta({
        description:
          'Needed with `group`. `position`: the n-th answer is that of the n-th element; or by a value in the answer.',
        examples: ['position', { path: '$.id', value: '{city.id}' }],
      }),
    answers: z
      .string()
      .optional()
      .meta({
        description:
          'Path of the list of answers in the response to a group, `$` unless said otherwise; `data_selector` starts at each of them.',
        examples: ['$.results'],
      }),
    separator: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'What stands between the joined values, a comma unless said otherwise.',
        examples: ['|'],
      }),
  })
  .meta({
    id: 'for_each_variable',
    title: 'Variable of for_each',
    description: 'Where its elements come from: one of `values`, `file`, `range` and `resource`.',
  });

export const forEachSchema = z.record(z.string(), z.union([elementsSchema, forEachVariableSchema]));
