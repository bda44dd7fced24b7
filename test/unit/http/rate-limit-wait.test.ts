import { expect } from 'chai';
import { isRateLimit, rateLimitWaitMs } from '../../../pipeline/http/rate-limit-wait.ts';
import { readSample } from '../../support/read-sample.ts';

const now = new Date('2026-11-21T10:05:12Z');
const epoch = now.getTime() / 1000;
const nothingLeft = { 'x-ratelimit-remaining': '0' };
const openMeteo = (name: string): string => readSample(`open-meteo/errors/${name}.json`);

interface Given {
  status?: number;
  headers?: Record<string, string>;
  text?: string;
}

const cases: [what: string, given: Given, expected: number | undefined][] = [
  ['nothing is said', {}, undefined],
  ['Retry-After names seconds', { headers: { 'retry-after': '7' } }, 7_000],
  [
    'Retry-After goes before everything else',
    { headers: { 'retry-after': '7', ...nothingLeft, 'x-ratelimit-reset': '90' }, text: 'try again in 5 s' },
    7_000,
  ],
  [
    'the reset is epoch seconds',
    { headers: { ...nothingLeft, 'x-ratelimit-reset': `${epoch + 60}` } },
    60_000,
  ],
  [
    'the reset is epoch milliseconds',
    { headers: { ...nothingLeft, 'x-ratelimit-reset': `${epoch + 60}500` } },
    60_500,
  ],
  ['the reset is seconds from now', { headers: { 'x-ratelimit-reset': '45' } }, 45_000],
  ['the reset is parts of a second', { headers: { 'x-ratelimit-reset-after': '1.5' } }, 1_500],
  ['the reset is an ISO date', { headers: { 'x-ratelimit-reset': '2026-11-21T10:06:00Z' } }, 48_000],
  [
    'the reset is an HTTP date',
    { headers: { 'x-rate-limit-reset': 'Sat, 21 Nov 2026 10:05:30 GMT' } },
    18_000,
  ],
  ['the reset is 1m30s', { headers: { 'x-ratelimit-reset': '1m30s' } }, 90_000],
  ['the reset has passed', { headers: { 'x-ratelimit-reset': `${epoch - 5}` } }, 0],
  ['the reset is no time', { headers: { 'x-ratelimit-reset': 'soon' } }, undefined],
  [
    'the reset is told by a clock that is ahead',
    {
      headers: {
        ...nothingLeft,
        'x-ratelimit-reset': `${epoch + 600}`,
        date: 'Sat, 21 Nov 2026 10:14:12 GMT',
      },
    },
    60_000,
  ],
  [
    'calls remain: it is another limit',
    { headers: { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '900' } },
    undefined,
  ],
  [
    'the draft of the IETF, old',
    { headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '50' } },
    50_000,
  ],
  [
    'the draft of the IETF, one header',
    { headers: { ratelimit: 'limit=100, remaining=0, reset=50' } },
    50_000,
  ],
  [
    'the draft of the IETF, several limits',
    { headers: { ratelimit: '"day";r=90;t=5000, "minute";r=0;t=50, "second";r=0;t=1' } },
    50_000,
  ],
  ['a minute (Open-Meteo): the next full one', { text: openMeteo('429_minutely') }, 48_000 + 5_000],
  ['an hour (Open-Meteo): the next full one', { text: openMeteo('429_hourly') }, (54 * 60 + 48 + 60) * 1_000],
  [
    'a day (Open-Meteo): midnight in UTC',
    { text: openMeteo('429_daily') },
    ((13 * 60 + 54) * 60 + 48 + 60) * 1_000,
  ],
  ['too many at once (Open-Meteo): not how long', { text: openMeteo('429_concurrent') }, undefined],
  ['seconds in words', { text: '{"message":"Please retry after 30 seconds."}' }, 30_000],
  ['minutes in words', { text: 'Rate limit: try again in 5 minutes' }, 300_000],
  ['parts in words', { text: 'Rate limit reached. Limit: 10 / min. Please try again in 1m12.5s.' }, 72_500],
  ['milliseconds in words', { text: 'try again in 20ms' }, 20],
  ['two units in words', { text: 'Wait 1 minute 30 seconds' }, 90_000],
  ['numbers that are no time', { text: 'Try again: 3 of 5 calls used, plan 9' }, undefined],
  ['a time that is not for waiting', { text: 'the last 30 minutes are not there yet' }, undefined],
  [
    'a secondary limit (GitHub): a minute at least',
    {
      status: 403,
      text: '{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}',
    },
    60_000,
  ],
  [
    'a secondary limit while calls remain (GitHub)',
    {
      status: 403,
      headers: { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': `${epoch + 3000}` },
      text: '{"message":"You have exceeded a secondary rate limit"}',
    },
    60_000,
  ],
  [
    'a primary limit (GitHub)',
    {
      status: 403,
      headers: { ...nothingLeft, 'x-ratelimit-reset': `${epoch + 600}` },
      text: 'API rate limit exceeded',
    },
    600_000,
  ],
  [
    'the reset of an answer that is no rate limit',
    { status: 500, headers: { 'x-ratelimit-reset': '45' } },
    undefined,
  ],
  [
    'a service that says when it is back',
    { status: 503, text: 'maintenance, try again in 10 minutes' },
    600_000,
  ],
];

describe('rateLimitWaitMs', () => {
  for (const [what, { status = 429, headers = {}, text = '' }, expected] of cases) {
    it(`waits ${expected ?? 'for nothing'} ${expected === undefined ? '' : 'ms '}when: ${what}`, () => {
      expect(rateLimitWaitMs({ status, headers }, { text, now })).to.equal(expected);
    });
  }

  it('waits a whole minute on a full minute', () => {
    const full = new Date('2026-11-21T10:05:00Z');
    const wait = rateLimitWaitMs(
      { status: 429, headers: {} },
      { text: 'try again in one minute', now: full },
    );
    expect(wait).to.equal(65_000);
  });
});

describe('isRateLimit', () => {
  const limits: [what: string, given: Given, expected: boolean][] = [
    ['429', { status: 429 }, true],
    ['a 403 with Retry-After', { headers: { 'retry-after': '60' } }, true],
    ['a 403 when nothing remains', { headers: nothingLeft }, true],
    ['a 403 that says so', { text: '{"message":"API rate limit exceeded for 1.2.3.4"}' }, true],
    ['a 403 of too many requests', { text: 'Too Many Requests' }, true],
    ['a 403 while calls remain', { headers: { 'x-ratelimit-remaining': '50' }, text: 'not yours' }, false],
    [
      'a 403 of a used-up month (WeatherAPI): a filter may say so',
      { text: '{"error":{"code":2007,"message":"API key has exceeded calls per month quota."}}' },
      false,
    ],
    ['a 400 that speaks of limits', { status: 400, text: 'rate limit' }, false],
    ['a 503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }, false],
  ];
  for (const [what, { status = 403, headers = {}, text = '' }, expected] of limits) {
    it(`says ${expected ? 'yes' : 'no'} to ${what}`, () => {
      expect(isRateLimit({ status, headers }, text)).to.equal(expected);
    });
  }
});
