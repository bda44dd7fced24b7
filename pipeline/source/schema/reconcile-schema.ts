import { z } from 'zod';
import { durationSchema } from './duration-schema.ts';

export const reconcileSchema = z
  .strictObject({
    every: durationSchema.meta({
      description:
        'ISO 8601 duration, at least PT1M: the least time between two complete listings. The first fetch is one.',
      examples: ['P7D'],
    }),
    delete_missing: z.boolean().meta({
      description:
        'True: what a complete listing does not bring is no longer there, and leaves the table. False: it only brings what was missed.',
      examples: [true],
    }),
  })
  .meta({
    id: 'reconcile',
    title: 'Reconcile',
    description:
      'Now and then everything is listed anew, as by the first fetch: without cursors, and of `every: once` too. A listing in which an element of `for_each` was left out, or with rows in quarantine, deletes nothing; nor does an empty one.',
  });
