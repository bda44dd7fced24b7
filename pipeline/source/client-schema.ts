import { z } from 'zod';
import { durationPattern, explainDuration } from './duration.ts';

export const durationSchema = z
  .string()
  .regex(durationPattern, { error: (issue) => explainDuration(String(issue.input)) });

const secretName = /^[A-Za-z][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_.-]+)*$/;

export const secretSchema = z
  .strictObject({
    secret: z
      .string()
      .max(200)
      .regex(secretName, {
        error: (issue) =>
          `'${String(issue.input)}' cannot name a secret: letters, digits and _ . - / after a letter; the value itself never stands here`,
      })
      .meta({
        description: 'The name of the secret; `catchwater secret set NAME` stores its value.',
        examples: ['weatherapi-key'],
      }),
    store: z
      .enum(['parameter-store', 'secrets-manager'])
      .default('parameter-store')
      .meta({
        description:
          'Where it is kept: SSM Parameter Store, as the SecureString `/catchwater/<name>`, or AWS Secrets Manager, under the name itself.',
        examples: ['secrets-manager'],
      }),
  })
  .meta({
    id: 'secret',
    title: 'Secret',
    description:
      'The name of a secret. The value is read by the fetcher only and appears in no file, object or log.',
  });

export const apiKeySchema = z
  .strictObject({
    type: z.literal('api_key').meta({ description: 'A key that is sent with every request.' }),
    name: z
      .string()
      .min(1)
      .meta({ description: 'The parameter or header that carries the key.', examples: ['key', 'X-Api-Key'] }),
    location: z
      .enum(['header', 'query'])
      .default('header')
      .meta({
        description: 'Where it is sent: in a header, or in the query of the URL.',
        examples: ['query'],
      }),
    api_key: secretSchema.meta({ description: 'The secret that holds the key.' }),
  })
  .meta({ id: 'api_key', title: 'API key' });

export const bearerSchema = z
  .strictObject({
    type: z.literal('bearer').meta({ description: 'A token, sent as `Authorization: Bearer …`.' }),
    token: secretSchema.meta({ description: 'The secret that holds the token.' }),
  })
  .meta({ id: 'bearer', title: 'Bearer token' });

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
    auth: z
      .discriminatedUnion('type', [apiKeySchema, bearerSchema])
      .optional()
      .meta({
        description: 'How requests show who asks: `type: api_key` or `type: bearer`.',
        examples: [{ type: 'bearer', token: { secret: 'github-token' } }],
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
  })
  .meta({ id: 'client', title: 'Client', description: 'What the requests of all resources share.' });
