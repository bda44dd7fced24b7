/** Rate limits, and how long an answer asks to wait: seconds, dates, epochs, words. */
import { ids, recorded, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const filters = (...rules: string[]) => `endpoint: { response_filters: [${rules.join(', ')}] }`;

const openMeteo = (name: string) => recorded(`open-meteo/errors/${name}`);

export const waits: Row[] = [
  {
    name: 'Retry-After in seconds is waited for',
    api: [refusal(429, 'slow down', { 'retry-after': '7' }), ids(1)],
    waited: { atLeast: 7_000 },
    rows: [1],
  },
  {
    name: 'Retry-After as a date is waited for',
    api: [refusal(429, 'slow down', { 'retry-after': 'Sat, 21 Nov 2026 10:05:30 GMT' }), ids(1)],
    waited: { atLeast: 30_000 },
    rows: [1],
  },
  {
    name: 'Retry-After of a 503 is waited for too',
    api: [refusal(503, 'maintenance', { 'retry-after': '20' }), ids(1)],
    waited: { atLeast: 20_000 },
    rows: [1],
  },
  {
    name: 'a reset in epoch seconds with nothing remaining is waited for (GitHub)',
    api: [
      refusal(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1795255560',
      }),
      ids(1),
    ],
    waited: { atLeast: 60_000 },
    rows: [1],
  },
  {
    name: 'a reset in seconds from now is waited for',
    api: [refusal(429, 'slow down', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '45' }), ids(1)],
    waited: { atLeast: 45_000 },
    rows: [1],
  },
  {
    name: 'a 403 with requests remaining is a refusal, not a rate limit',
    api: {
      '/items': refusal(403, 'not yours', {
        'x-ratelimit-remaining': '50',
        'x-ratelimit-reset': '1795255560',
      }),
    },
    outcome: /403/,
    retryable: false,
    asked: 1,
  },
  {
    name: '“try again in one minute” is waited for (Open-Meteo)',
    api: [{ ...openMeteo('429_minutely.json'), status: 429 }, ids(1)],
    waited: { atLeast: 1, atMost: 120_000 },
    rows: [1],
  },
  {
    name: 'a rate limit told in a 200 is waited for (MediaWiki maxlag)',
    source: filters('{ body: { path: $.error.code, equals: maxlag }, action: rate_limited }'),
    api: [{ json: { error: { code: 'maxlag', info: 'waiting' } }, headers: { 'retry-after': '5' } }, ids(1)],
    waited: { atLeast: 5_000 },
    rows: [1],
  },
];
