import { z } from 'zod';

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

/** What is a secret with one API and none with another. */
export const maybeSecretSchema = z.union([z.string().min(1), secretSchema]);
