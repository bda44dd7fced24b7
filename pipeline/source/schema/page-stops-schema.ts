import { z } from 'zod';

export function bodyPath(description: string, example: string) {
  return z
    .string()
    .optional()
    .meta({ description, examples: [example] });
}

const commonKeys = {
  total_path: bodyPath(
    'Path of the number of records in all pages together. The pages end there and not before: fewer records fail the window.',
    '$.meta.total',
  ),
  total_pages_path: bodyPath('Path of the number of pages.', '$.meta.pages'),
  has_more_path: bodyPath('Path of a value that is `false` on the last page.', '$.has_more'),
  maximum_pages: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .meta({
      description: 'More pages than this fail the window: it is a loop, or larger than anyone meant.',
      examples: [500],
    }),
};

/** How many records a page is to have, where its paging can do without. */
export const pageSizeKeys = {
  page_size: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Records of a full page.', examples: [100] }),
  page_size_param: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'The parameter that sends `page_size`.', examples: ['per_page'] }),
  page_size_body_path: bodyPath('Or the path of `page_size` in the JSON body of a POST.', '$.page.size'),
};

/** Where each page leads to the next: its last page leads nowhere. */
export const pageStopKeys = {
  ...commonKeys,
  stop_after: z
    .enum(['empty_page'])
    .optional()
    .meta({
      description: 'An empty page is the last, even where it leads to another.',
      examples: ['empty_page'],
    }),
};

/** Where a page may know how many records it should have. */
export const shortPageKeys = {
  ...commonKeys,
  stop_after: z
    .enum(['empty_page', 'short_page'])
    .optional()
    .meta({
      description:
        'Which page is the last: the first without records, or the first with fewer than a full page has. Where pages are counted and nothing else says so, it is the empty one.',
      examples: ['short_page'],
    }),
};
