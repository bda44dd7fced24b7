/** Pages that are asked for by a number: the n-th, or the one after n records. */
import { z } from 'zod';
import { bodyPath, pageSizeKeys, shortPageKeys } from './page-stops-schema.ts';

export const pageNumberSchema = z
  .strictObject({
    type: z.literal('page_number').meta({ description: 'Pages are asked for by their number.' }),
    base_page: z
      .int()
      .min(0)
      .default(1)
      .meta({ description: 'The number of the first page.', examples: [0] }),
    page_param: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The parameter of the number, `page` unless said otherwise.', examples: ['p'] }),
    page_header: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Or the header of the number.', examples: ['X-Page'] }),
    page_body_path: bodyPath('Or the path of the number in the JSON body of a POST.', '$.page.number'),
    ...pageSizeKeys,
    ...shortPageKeys,
  })
  .meta({ id: 'page_number', title: 'Page number' });

export const offsetSchema = z
  .strictObject({
    type: z
      .literal('offset')
      .meta({ description: 'Pages are asked for by how many records come before them.' }),
    base_offset: z
      .union([z.literal(0), z.literal(1)])
      .default(0)
      .meta({ description: 'The offset of the first record: 0 or 1.', examples: [1] }),
    offset_param: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The parameter of the offset, `offset` unless said otherwise.',
        examples: ['skip'],
      }),
    offset_body_path: bodyPath('Or the path of the offset in the JSON body of a POST.', '$.from'),
    limit: z
      .int()
      .min(1)
      .meta({ description: 'Records of a full page.', examples: [100] }),
    limit_param: z
      .union([z.string().min(1), z.null()])
      .optional()
      .meta({
        description: 'The parameter that sends `limit`, `limit` unless said otherwise; null: it is not sent.',
        examples: ['count'],
      }),
    limit_body_path: bodyPath('Or the path of `limit` in the JSON body of a POST.', '$.size'),
    ...shortPageKeys,
  })
  .meta({ id: 'offset', title: 'Offset' });
