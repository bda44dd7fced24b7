import { z } from 'zod';
import { durationSchema } from './duration-schema.ts';
import { oauthClientSchema, oauthRefreshSchema } from './oauth-schema.ts';
import { maybeSecretSchema, secretSchema } from './secret-schema.ts';

const apiKeySchema = z
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

const bearerSchema = z
  .strictObject({
    type: z.literal('bearer').meta({ description: 'A token, sent as `Authorization: Bearer …`.' }),
    token: secretSchema.meta({ description: 'The secret that holds the token.' }),
  })
  .meta({ id: 'bearer', title: 'Bearer token' });

const basicSchema = z
  .strictObject({
    type: z
      .literal('http_basic')
      .meta({ description: 'Name and password, sent as `Authorization: Basic …`.' }),
    username: maybeSecretSchema.meta({
      description: 'The name, or the secret that holds it (as with APIs that take a key for a name).',
      examples: ['reader', { secret: 'stripe-key' }],
    }),
    password: secretSchema
      .optional()
      .meta({ description: 'The secret that holds the password; without it, an empty one is sent.' }),
  })
  .meta({ id: 'http_basic', title: 'Name and password' });

const loginSchema = z
  .strictObject({
    path: z.string().meta({ description: "Continues the client's `base_url`.", examples: ['login'] }),
    method: z
      .enum(['GET', 'POST'])
      .default('POST')
      .meta({ description: 'The HTTP method.', examples: ['POST'] }),
    headers: z
      .record(z.string(), z.string())
      .default({})
      .meta({
        description: 'Headers of the login alone, over those of the client.',
        examples: [{ 'X-App': 'reports' }],
      }),
    json: z
      .json()
      .optional()
      .meta({
        description: 'JSON body of the login; `{ secret: name }` in it stands for the value of the secret.',
        examples: [{ user: 'reader', password: { secret: 'reader-password' } }],
      }),
    form: z
      .record(z.string().min(1), maybeSecretSchema)
      .optional()
      .meta({
        description: 'Form fields of the login, instead of `json`.',
        examples: [{ user: 'reader', password: { secret: 'reader-password' } }],
      }),
  })
  .meta({ id: 'login', title: 'Login', description: 'The request that a session begins with.' });

const sessionSchema = z
  .strictObject({
    type: z
      .literal('session_token')
      .meta({ description: 'A login gives a token, which goes with every request.' }),
    login: loginSchema.meta({ description: 'The request that a session begins with.' }),
    token_path: z
      .string()
      .meta({ description: 'Path of the token in the answer.', examples: ['$.session.token'] }),
    expires_in_path: z
      .string()
      .optional()
      .meta({
        description: "Path of the token's lifetime in the answer, in seconds.",
        examples: ['$.expires_in'],
      }),
    lifetime: durationSchema.default('PT1H').meta({
      description: 'ISO 8601 duration: how long a token is used where the answer does not say.',
      examples: ['PT20M'],
    }),
    name: z
      .string()
      .min(1)
      .default('Authorization')
      .meta({ description: 'The header or parameter that carries the token.', examples: ['X-Session'] }),
    location: z
      .enum(['header', 'query'])
      .default('header')
      .meta({ description: 'Where it is sent.', examples: ['header'] }),
    prefix: z
      .string()
      .optional()
      .meta({
        description:
          'What stands before the token; without it, `Bearer ` in the header Authorization and nothing elsewhere.',
        examples: ['Token '],
      }),
  })
  .meta({ id: 'session_token', title: 'Session token' });

const signatureSchema = z
  .strictObject({
    type: z
      .literal('aws_sigv4')
      .meta({ description: "Requests to AWS, signed with the credentials of the fetcher's own role." }),
    service: z
      .string()
      .regex(/^[a-z0-9-]+$/, { error: 'a service is named as in a signature, such as execute-api' })
      .meta({ description: 'The name of the service, as in a signature.', examples: ['execute-api'] }),
    region: z
      .string()
      .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d$/, {
        error: (issue) => `'${String(issue.input)}' is no region, such as eu-central-1`,
      })
      .meta({ description: 'The region of the service.', examples: ['eu-central-1'] }),
  })
  .meta({ id: 'aws_sigv4', title: 'AWS signature' });

export const authSchema = z.discriminatedUnion('type', [
  apiKeySchema,
  bearerSchema,
  basicSchema,
  oauthClientSchema,
  oauthRefreshSchema,
  sessionSchema,
  signatureSchema,
]);
