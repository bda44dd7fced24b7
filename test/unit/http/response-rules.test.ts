import { expect } from 'chai';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import { createJudge, type Verdict } from '../../../pipeline/http/judge-response.ts';
import { compileRules } from '../../../pipeline/http/response-rules.ts';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import type { ResponseFilter, RuleAction } from '../../../pipeline/source/source.ts';

const now = new Date('2026-11-21T10:05:00Z');
const json = { 'content-type': 'application/json; charset=utf-8' };

type Conditions = Omit<ResponseFilter, 'action' | 'message'>;

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  document?: unknown;
  text?: string;
}

function applies(conditions: Conditions, { status = 200, headers = json, document, text }: Answer): boolean {
  const [rule] = compileRules([{ ...conditions, action: 'ignore' }]);
  return rule?.applies({ status, headers }, text ?? JSON.stringify(document) ?? '', document) ?? false;
}

const coded = (code: unknown): Answer => ({ document: { error: { code } } });
const path = '$.error.code';

const cases: [what: string, conditions: Conditions, answer: Answer, expected: boolean][] = [
  ['a status', { status: [404, 410] }, { status: 410 }, true],
  ['another status', { status: [404] }, { status: 400 }, false],
  ['a hundred of statuses', { status: ['5xx'] }, { status: 503 }, true],
  ['another hundred', { status: ['5xx', 404] }, { status: 499 }, false],
  [
    'the beginning of a media type',
    { content_type: 'text/' },
    { headers: { 'content-type': 'Text/HTML; charset=x' } },
    true,
  ],
  ['another media type', { content_type: 'text/html' }, {}, false],
  ['no media type', { content_type: 'text/html' }, { headers: {} }, false],
  ['a part of the text', { contains: 'no rows' }, { text: 'there are no rows' }, true],
  ['no part of the text', { contains: 'no rows' }, { text: 'No rows' }, false],
  ['a part beyond the first 64 KB', { contains: 'end' }, { text: `${' '.repeat(65_536)}end` }, false],
  ['an equal value', { body: { path, equals: 'maxlag' } }, coded('maxlag'), true],
  ['a number as text', { body: { path, equals: 404 } }, coded('404'), true],
  ['a text as number', { body: { path, equals: '404' } }, coded(404), true],
  ['no text that only looks like true', { body: { path, equals: true } }, coded('true'), false],
  ['null', { body: { path, equals: null } }, coded(null), true],
  ['nothing where null is wanted', { body: { path, equals: null } }, { document: {} }, false],
  ['one of several values', { body: { path, in: [1002, 2006] } }, coded(2006), true],
  ['none of several values', { body: { path, in: [1002, 2006] } }, coded(1006), false],
  ['a pattern in a text', { body: { path, matches: '^no.data' } }, coded('no data here'), true],
  ['a pattern in a number', { body: { path, matches: '^5' } }, coded(503), true],
  ['a pattern in nothing', { body: { path, matches: '.*' } }, { document: {} }, false],
  ['a value that is there', { body: { path, exists: true } }, coded(null), true],
  ['a value that is not there', { body: { path, exists: false } }, { document: {} }, true],
  ['nothing of a body that is no JSON', { body: { path, exists: false } }, { text: '<html>' }, false],
  ['a header', { header: { name: 'X-Error' } }, { headers: { 'x-error': '' } }, true],
  ['no such header', { header: { name: 'X-Error' } }, {}, false],
  [
    'a pattern in a header',
    { header: { name: 'X-Why', matches: 'quota' } },
    { headers: { 'x-why': 'the quota' } },
    true,
  ],
  [
    'another header value',
    { header: { name: 'X-Why', matches: '^quota' } },
    { headers: { 'x-why': 'the quota' } },
    false,
  ],
  [
    'all that is named',
    { status: [400], contains: 'x', body: { path: '$.a', equals: 1 } },
    { status: 400, document: { a: 1, x: 2 } },
    true,
  ],
  [
    'all but one',
    { status: [400], contains: 'x', body: { path: '$.a', equals: 2 } },
    { status: 400, document: { a: 1, x: 2 } },
    false,
  ],
];

describe('a response filter', () => {
  for (const [what, conditions, answer, expected] of cases) {
    it(`${expected ? 'applies to' : 'does not apply to'} ${what}`, () => {
      expect(applies(conditions, answer)).to.equal(expected);
    });
  }
});

function judge(filters: ResponseFilter[], answer: Answer): Verdict | undefined {
  const { status = 200, headers = json, document } = answer;
  const text = answer.text ?? JSON.stringify(document) ?? '';
  const request: HttpRequest = { method: 'GET', url: new URL('https://api.example/'), headers: {} };
  const expected = { selector: parseJsonPath('$.items'), shape: 'list' as const, columns: [] };
  const responseJudge = createJudge({ filters, expected, now: () => now });
  const head = { status, headers };
  return responseJudge.mayLand(head) && document !== undefined
    ? responseJudge.document(head, text, document)
    : responseJudge.text(head, text, request);
}

function thrown(filters: ResponseFilter[], answer: Answer): HttpError {
  try {
    judge(filters, answer);
  } catch (error) {
    if (error instanceof HttpError) return error;
  }
  throw new Error('no HttpError was thrown');
}

const busy: Answer = { document: { items: [], note: 'wait 20 seconds' }, headers: { ...json } };
const act = (action: RuleAction, more: Partial<ResponseFilter> = {}): ResponseFilter[] => [
  { action, ...more },
];

describe('the action of a response filter', () => {
  it('ignores: there are no records, and that is fine', () => {
    expect(judge(act('ignore'), { status: 404, document: { message: 'no station' } })).to.deep.equal({
      land: false,
      outcome: 'none',
      reason: '404: no station',
    });
  });

  it('stops paging', () => {
    expect(judge(act('stop_paging', { message: 'beyond the end' }), busy)).to.deep.equal({
      land: false,
      outcome: 'stop',
      reason: '200: beyond the end',
    });
  });

  it('tries again, and waits as the answer says', () => {
    expect(thrown(act('retry'), { ...busy, document: { message: 'wait 20 seconds' } })).to.include({
      retryable: true,
      status: 200,
      retryAfterMs: 20_000,
      message: '200: wait 20 seconds',
    });
  });

  it('fails at once, in its own words', () => {
    const error = thrown(act('fail', { message: 'the plan has no archive' }), { status: 503, text: 'oops' });
    expect(error).to.include({ retryable: false, status: 503, message: '503: the plan has no archive' });
  });

  it('calls it a rate limit, until its reset', () => {
    const headers = { ...json, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '45' };
    const error = thrown(act('rate_limited'), { ...busy, headers });
    expect(error).to.include({ retryable: true, rateLimited: true, retryAfterMs: 45_000 });
  });

  it('calls it a rate limit without a word of how long', () => {
    const error = thrown(act('rate_limited'), { status: 400, text: 'quota' });
    expect(error).to.include({ retryable: true, rateLimited: true, retryAfterMs: undefined });
  });

  it('asks for another token', () => {
    const error = thrown(act('refresh_token'), { status: 400, document: { error: 'token_expired' } });
    expect(error).to.include({ retryable: false, refreshToken: true, message: '400: token_expired' });
  });

  it('lands data under any status and with any word in them', () => {
    const document = { items: [], error: 'none' };
    expect(judge(act('success'), { status: 404, document })).to.deep.equal({ land: true });
    expect(judge(act('success'), { document })).to.deep.equal({ land: true });
    expect(
      judge(act('success', { content_type: 'text/plain' }), {
        headers: { 'content-type': 'text/plain' },
        document,
      }),
    ).to.deep.equal({ land: true });
  });

  it('lands nothing where the records are missing, whatever it says', () => {
    expect(thrown(act('success'), { status: 404, document: { message: 'no' } }).message).to.match(
      /data_selector \$\.items finds nothing/,
    );
  });

  it('leaves a body that cannot be parsed to its parser', () => {
    expect(judge(act('success'), { status: 404, text: '<html>' })).to.equal(undefined);
  });
});

describe('response filters', () => {
  const rules: ResponseFilter[] = [
    { status: [404], action: 'ignore' },
    { status: ['4xx'], action: 'fail', message: 'refused' },
    { status: [200], contains: 'No data', action: 'ignore' },
  ];

  it('are asked in their order, the first that applies decides', () => {
    expect(judge(rules, { status: 404, text: '' })).to.include({ outcome: 'none' });
    expect(thrown(rules, { status: 410, text: '' }).message).to.equal('410: refused');
  });

  it('see texts in a 200 too', () => {
    expect(judge(rules, { headers: { 'content-type': 'text/plain' }, text: 'No data' })).to.include({
      outcome: 'none',
    });
    expect(judge(rules, { text: 'No data' })).to.include({ outcome: 'none' });
  });

  it('leave what they do not name to the built-in rules', () => {
    expect(thrown(rules, { status: 503, text: '' })).to.include({ retryable: true, message: '503' });
    expect(judge(rules, { document: { items: [] } })).to.deep.equal({ land: true });
    expect(judge(rules, { status: 204 })).to.include({ outcome: 'none' });
  });

  it('have the body of a strange status read where it may be a success', () => {
    const filters: ResponseFilter[] = [{ status: [206], header: { name: 'X-Whole' }, action: 'success' }];
    const responseJudge = createJudge({
      filters,
      expected: { selector: [], shape: 'list', columns: [] },
      now: () => now,
    });
    expect(responseJudge.mayLand({ status: 206, headers: { 'x-whole': '1' } })).to.equal(true);
    expect(responseJudge.mayLand({ status: 206, headers: {} })).to.equal(false);
  });
});
