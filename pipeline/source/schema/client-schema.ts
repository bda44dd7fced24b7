import { z } from 'zod';
import { authSchema } from './auth-schema.ts';
import { budgetSchema } from './budget-schema.ts';
import { durationSchema } from './duration-schema.ts';
import { paginatorSchema } from './paginator-schema.ts';
import { responseFiltersSchema } from './response-filter-schema.ts';

export const clientSchema = z
  .strictObject({
    base_url: z.string().meta({
      description:
        'The http(s) address that every path continues. No query, no user name; a missing `/` at its end is added.',
      examples: ['https://api.open-meteo.com/v1/'],
    }),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .meta({
        description: 'Headers of every request. Plain text: placeholders belong into `endpoint.headers`.',
        examples: [{ Accept: 'application/geo+json' }],
      }),
    auth: authSchema.optional().meta({
      description:
        'How requests show who asks, by its `type`: `api_key`, `bearer`, `http_basic`, `oauth2_client_credentials`, `oauth2_refresh_token`, `session_token` or `aws_sigv4`.',
      examples: [{ type: 'bearer', token: { secret: 'github-token' } }],
    }),
    api_budget: budgetSchema.optional().meta({
      description: 'How many calls there may be, shared by all that name the same budget.',
      examples: [{ name: 'open-meteo', policies: [{ limit: 600, per: 'PT1M' }] }],
    }),
    paginator: paginatorSchema.optional().meta({
      description: 'The `paginator` of resources that name none of their own.',
      examples: ['header_link'],
    }),
    response_filters: responseFiltersSchema.optional().meta({
      description: 'What to make of single responses, after the filters of the endpoint.',
      examples: [[{ status: 403, contains: 'rate limit', action: 'rate_limited' }]],
    }),
    timeout: durationSchema.default('PT30S').meta({
      description: 'ISO 8601 duration, at most PT10M: how long one response may take, to its last byte.',
      examples: ['PT1M'],
    }),
    concurrency: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .meta({
        description: 'Requests under way at once, over all slices of one fetch.',
        examples: [1],
      }),
    max_attempts: z
      .int()
      .min(1)
      .max(10)
      .default(4)
      .meta({
        description:
          'Tries of one request, the first included. Waits between them grow and honour Retry-After.',
        examples: [6],
      }),
    max_waiting_time: durationSchema.default('PT5M').meta({
      description:
        'ISO 8601 duration: a longer wait, for a rate limit or a budget, ends the fetch cleanly; a later one goes on from there.',
      examples: ['PT1M'],
    }),
  })
  .meta({ id: 'client', title: 'Client', description: 'What the requests of all resources share.' });
