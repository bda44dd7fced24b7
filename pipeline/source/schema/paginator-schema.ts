import { z } from 'zod';
import { offsetSchema, pageNumberSchema } from './counted-pages-schema.ts';
import { bodyPath, pageSizeKeys, pageStopKeys, shortPageKeys } from './page-stops-schema.ts';

const cursorSchema = z
  .strictObject({
    type: z.literal('cursor').meta({ description: 'Each page carries the token of the next one.' }),
    cursor_path: bodyPath('Path of the token in the response.', '$.meta.next_cursor'),
    cursor_header: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Or the header of the response that carries the token.', examples: ['X-Next'] }),
    cursor_from_last: bodyPath("Or the token's path in the last record of the page.", '$.id'),
    cursor_param: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The parameter that sends the token, `cursor` unless said otherwise.',
        examples: ['starting_after'],
      }),
    cursor_body_path: bodyPath('Or the path of the token in the JSON body of a POST.', '$.search_after'),
    cursor_send_header: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Or the header that sends the token.', examples: ['X-Cursor'] }),
    ...pageSizeKeys,
    ...shortPageKeys,
  })
  .meta({ id: 'cursor', title: 'Cursor' });

const headerLinkSchema = z
  .strictObject({
    type: z
      .literal('header_link')
      .meta({ description: 'The header `Link` names the next page (RFC 8288), as with GitHub.' }),
    rel: z
      .string()
      .min(1)
      .default('next')
      .meta({ description: 'The relation of the link that is followed.', examples: ['next'] }),
    ...pageStopKeys,
  })
  .meta({ id: 'header_link', title: 'Link in a header' });

const jsonLinkSchema = z
  .strictObject({
    type: z.literal('json_link').meta({ description: 'The response names the address of the next page.' }),
    next_url_path: z.string().meta({
      description: 'Path of the address: absolute, relative, or another path of the same host.',
      examples: ['$.pagination.next'],
    }),
    ...pageStopKeys,
  })
  .meta({ id: 'json_link', title: 'Link in the body' });

const continueSchema = z
  .strictObject({
    type: z.literal('continue').meta({
      description:
        'The response holds a mapping, each member of which is sent back as a parameter (MediaWiki). The page without it is the last.',
    }),
    continue_path: z
      .string()
      .default('$.continue')
      .meta({ description: 'Path of the mapping.', examples: ['$.continue'] }),
    ...pageStopKeys,
  })
  .meta({ id: 'continue', title: 'Continue' });

const singlePageSchema = z
  .strictObject({
    type: z.literal('single_page').meta({ description: 'One response is all there is.' }),
  })
  .meta({ id: 'single_page', title: 'Single page' });

/** Kinds of paging that need no further word. */
export const paginatorAliases = ['single_page', 'page_number', 'header_link', 'continue'] as const;

export const longPaginatorSchema = z.discriminatedUnion('type', [
  singlePageSchema,
  pageNumberSchema,
  offsetSchema,
  cursorSchema,
  headerLinkSchema,
  jsonLinkSchema,
  continueSchema,
]);

export const paginatorSchema = z.union([z.enum(paginatorAliases), longPaginatorSchema]);
