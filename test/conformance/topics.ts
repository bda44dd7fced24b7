/** The whole table, by topic. */
import type { Row } from './row.ts';
import { bodies } from './rows/bodies.ts';
import { budgets } from './rows/budgets.ts';
import { checks } from './rows/checks.ts';
import { conditionals } from './rows/conditional-requests.ts';
import { cursorValues } from './rows/cursor-values.ts';
import { cursors } from './rows/cursors.ts';
import { entities } from './rows/entities.ts';
import { groups } from './rows/groups.ts';
import { keys } from './rows/keys.ts';
import { largeBodies } from './rows/large-bodies.ts';
import { oauth } from './rows/oauth.ts';
import { oddAnswers } from './rows/odd-answers.ts';
import { listings } from './rows/listings.ts';
import { offsets } from './rows/offsets.ts';
import { pageLinks } from './rows/page-links.ts';
import { pageNumbers } from './rows/page-numbers.ts';
import { pageTokens } from './rows/page-tokens.ts';
import { pageTotals } from './rows/page-totals.ts';
import { parents } from './rows/parents.ts';
import { pauses } from './rows/pauses.ts';
import { protection } from './rows/protection.ts';
import { recordings } from './rows/recorded.ts';
import { responseFilters } from './rows/response-filters.ts';
import { sessions } from './rows/sessions.ts';
import { shapes } from './rows/shapes.ts';
import { slices } from './rows/slices.ts';
import { tries } from './rows/tries.ts';
import { waits } from './rows/waits.ts';
import { windows } from './rows/windows.ts';

export const topics: Record<string, Row[]> = {
  'page numbers': pageNumbers,
  'page totals': pageTotals,
  offsets,
  'page tokens': pageTokens,
  'page links': pageLinks,
  windows,
  cursors,
  'cursor values': cursorValues,
  slices,
  groups,
  parents,
  keys,
  oauth,
  sessions,
  budgets,
  waits,
  pauses,
  tries,
  'response filters': responseFilters,
  'conditional requests': conditionals,
  'complete listings': listings,
  bodies,
  'large bodies': largeBodies,
  shapes,
  checks,
  entities,
  protection,
  'odd answers': oddAnswers,
  'recorded answers': recordings,
};
