import { z } from 'zod';
import { paginatorSchema } from './paginator-schema.ts';
import { responseFiltersSchema } from './response-filter-schema.ts';

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const templatesSchema = z.record(z.string().min(1), scalarSchema);

const oneCharacter = /^[^\r\n]$/;

const csvSchema = z
  .strictObject({
    delimiter: z
      .string()
      .regex(oneCharacter, { error: String.raw`a delimiter is one character; a tab is "\t"` })
      .default(',')
      .meta({ description: 'What stands between the fields.', examples: [';'] }),
    quote: z
      .string()
      .regex(oneCharacter, { error: 'a quote is one character' })
      .default('"')
      .meta({ description: 'What stands around a field, and is doubled within.', examples: ["'"] }),
    header: z
      .union([z.enum(['first_line']), z.array(z.string().min(1)).min(1)])
      .default('first_line')
      .meta({
        description: 'Where the names of the fields stand: in the `first_line`, or here.',
        examples: [['station', 'time', 'value']],
      }),
    skip_lines: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .meta({ description: 'Lines to leave out before the header.', examples: [2] }),
    comment: z
      .string()
      .regex(oneCharacter, { error: 'a comment begins with one character' })
      .optional()
      .meta({ description: 'Lines that begin with it are left out.', examples: ['#'] }),
  })
  .meta({ id: 'csv', title: 'CSV dialect' });

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
    form: templatesSchema.optional().meta({
      description:
        'Form body of a POST, instead of `json`. Templates; a field whose value is null is not sent.',
      examples: [{ station: '{station}' }],
    }),
    paginator: paginatorSchema.optional().meta({
      description:
        "How the pages after the first are asked for, over the client's `paginator`: `single_page` (as without it), `page_number`, `header_link`, `continue`, or a mapping with a `type`.",
      examples: ['header_link', { type: 'offset', limit: 100 }],
    }),
    response_filters: responseFiltersSchema.optional().meta({
      description: "What to make of single responses, before the client's `response_filters` are asked.",
      examples: [[{ status: 404, action: 'ignore' }]],
    }),
    response_format: z
      .enum(['json', 'ndjson', 'csv'])
      .default('json')
      .meta({
        description:
          'What responses are: one JSON value, a JSON value per line, or CSV, whose values are texts (an empty one is null).',
        examples: ['csv'],
      }),
    csv: csvSchema.optional().meta({
      description: 'How CSV is written, where it is not with commas, quotes and a header.',
      examples: [{ delimiter: ';' }],
    }),
    charset: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The encoding of the text, where the response names none or a wrong one.',
        examples: ['windows-1252'],
      }),
    conditional: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Ask only for what has changed (ETag, Last-Modified), and not before the last response expires.',
        examples: [true],
      }),
  })
  .meta({ id: 'endpoint', title: 'Endpoint', description: 'The request.' });
