import { z } from 'zod';

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const statusSchema = z.union([z.int().min(100).max(599), z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])]);

const bodyRuleSchema = z
  .strictObject({
    path: z.string().meta({ description: 'Path of a value in the response.', examples: ['$.error.code'] }),
    equals: scalarSchema.optional().meta({ description: 'The value is this one.', examples: ['maxlag'] }),
    in: z
      .array(scalarSchema)
      .min(1)
      .optional()
      .meta({ description: 'The value is one of these.', examples: [[1002, 2006]] }),
    matches: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The value, as text, has a part that fits this regular expression.',
        examples: ['^5', 'no data'],
      }),
    exists: z
      .boolean()
      .optional()
      .meta({ description: 'There is a value, or (`false`) there is none.', examples: [true] }),
  })
  .meta({
    id: 'body_rule',
    title: 'Rule for the body',
    description: 'A path, and one thing said of its value.',
  });

const headerRuleSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .meta({ description: 'The name of the header.', examples: ['X-Error'] }),
    matches: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'Its value has a part that fits this regular expression; without this, it is there.',
        examples: ['^rate'],
      }),
  })
  .meta({ id: 'header_rule', title: 'Rule for a header' });

export const ruleActions = [
  'retry',
  'fail',
  'ignore',
  'rate_limited',
  'refresh_token',
  'stop_paging',
  'success',
] as const;

export const responseFilterSchema = z
  .strictObject({
    status: z
      .union([statusSchema, z.array(statusSchema).min(1)])
      .optional()
      .meta({
        description: 'The status, `4xx` for all of a hundred, or a list of them.',
        examples: [404, [404, '5xx']],
      }),
    content_type: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'What the media type begins with.', examples: ['text/html'] }),
    contains: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'A part of the text of the response, in its first 64 KB.',
        examples: ['No data'],
      }),
    body: bodyRuleSchema.optional().meta({ description: 'What is said of a value in a JSON response.' }),
    header: headerRuleSchema.optional().meta({ description: 'What is said of a header of the response.' }),
    action: z.enum(ruleActions).meta({
      description:
        'What follows. `retry` as a fault of the moment, `fail` at once, `ignore`: this request has no records, and that is fine; `rate_limited`: wait, then again; `refresh_token`: get another token, then again; `stop_paging`: no records here and no further page; `success`: data, whatever else speaks against it.',
      examples: ['ignore'],
    }),
    message: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: "What is said of it, instead of the API's own words.",
        examples: ['the plan does not cover this endpoint'],
      }),
  })
  .meta({
    id: 'response_filter',
    title: 'Response filter',
    description:
      'Applies to a response when everything that it names is true. The first that applies decides; where none does, the rules of HTTP.',
  });

export const responseFiltersSchema = z.array(responseFilterSchema);
