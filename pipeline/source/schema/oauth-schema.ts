import { z } from 'zod';
import { durationSchema } from './duration-schema.ts';
import { maybeSecretSchema, secretSchema } from './secret-schema.ts';

/** How a token is asked for, with any of the grants. */
const tokenKeys = {
  access_token_url: z.string().meta({
    description: 'The https address that gives tokens.',
    examples: ['https://auth.example.com/oauth/token'],
  }),
  client_id: maybeSecretSchema.meta({
    description: 'The id of the application, or the secret that holds it.',
    examples: ['reports', { secret: 'shop-client-id' }],
  }),
  client_in: z
    .enum(['body', 'basic'])
    .default('body')
    .meta({
      description:
        'Where id and secret of the application are sent: in the form, or in a header `Authorization: Basic …`.',
      examples: ['basic'],
    }),
  scopes: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: 'What the token is to allow.', examples: [['orders:read']] }),
  access_token_request_data: z
    .record(z.string().min(1), z.string())
    .default({})
    .meta({
      description: 'Further fields of the form.',
      examples: [{ audience: 'https://api.example.com/' }],
    }),
  access_token_path: z
    .string()
    .default('$.access_token')
    .meta({ description: 'Path of the token in the answer.', examples: ['$.data.token'] }),
  expires_in_path: z
    .string()
    .default('$.expires_in')
    .meta({
      description: "Path of the token's lifetime in the answer, in seconds.",
      examples: ['$.data.ttl'],
    }),
  default_token_expiration: durationSchema.default('PT1H').meta({
    description: 'ISO 8601 duration: how long a token is used where the answer does not say.',
    examples: ['PT30M'],
  }),
};

export const oauthClientSchema = z
  .strictObject({
    type: z
      .literal('oauth2_client_credentials')
      .meta({ description: 'A token that the application gets in its own name (OAuth 2).' }),
    ...tokenKeys,
    client_secret: secretSchema.meta({ description: 'The secret of the application.' }),
  })
  .meta({ id: 'oauth2_client_credentials', title: 'OAuth2 client credentials' });

export const oauthRefreshSchema = z
  .strictObject({
    type: z.literal('oauth2_refresh_token').meta({
      description:
        'A token that a refresh token renews (OAuth 2). A refresh token that the answer replaces is written back under its name.',
    }),
    ...tokenKeys,
    client_secret: secretSchema
      .optional()
      .meta({ description: 'The secret of the application, where it has one.' }),
    refresh_token: secretSchema.meta({ description: 'The secret that holds the refresh token.' }),
  })
  .meta({ id: 'oauth2_refresh_token', title: 'OAuth2 refresh token' });
