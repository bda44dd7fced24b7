import { expect } from 'chai';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import { createJudge, type Verdict } from '../../../pipeline/http/judge-response.ts';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import type { ResponseFilter, ResponseFormat, Shape } from '../../../pipeline/source/source.ts';
import { readSample } from '../../support/read-sample.ts';

const now = new Date('2026-11-21T10:05:03.123Z');

interface Given {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string;
  selector?: string;
  shape?: Shape;
  columns?: string[];
  format?: ResponseFormat['format'];
  filters?: ResponseFilter[];
  /** Headers of the request. */
  asked?: Record<string, string>;
}

/** As the fetch does it: the whole body where it may land, else its beginning. Undefined: left to the parser. */
function judge(given: Given): Verdict | undefined {
  const {
    status = 200,
    type,
    body = '',
    selector = '$',
    shape = 'object',
    columns = [],
    format,
    filters = [],
  } = given;
  const headers = { ...given.headers, ...(type !== undefined && { 'content-type': type }) };
  const request: HttpRequest = {
    method: 'GET',
    url: new URL('https://api.example/v1/x'),
    headers: given.asked ?? {},
  };
  const expected = { selector: parseJsonPath(selector), shape, columns };
  const responseJudge = createJudge({ filters, expected, format, now: () => now });
  const head = { status, headers };
  if (!responseJudge.mayLand(head)) return responseJudge.text(head, body, request);
  const document = parse(body);
  if (document === undefined) return responseJudge.text(head, body, request);
  return responseJudge.document(head, body, document);
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function refusal(given: Given): HttpError {
  try {
    judge(given);
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
  throw new Error('the response was accepted');
}

const json = 'application/json; charset=utf-8';
const columns: Given = { selector: '$.hourly', shape: 'columns' };
const list: Given = { selector: '$.features', shape: 'list' };
const openMeteo = readSample('open-meteo/forecast_general.json');

describe('a response that may land', () => {
  const good: [what: string, given: Given][] = [
    ['Open-Meteo, columns', { ...columns, type: json, body: openMeteo }],
    ['Open-Meteo, the whole answer', { type: json, body: openMeteo }],
    [
      'Open-Meteo, several places',
      { shape: 'list', type: json, body: readSample('open-meteo/multi_location_array.json') },
    ],
    [
      'NWS, GeoJSON',
      {
        ...list,
        type: 'application/geo+json',
        body: readSample('nws/stations_ALY_with_pagination_cursor.json'),
      },
    ],
    [
      'NWS, no observation',
      { ...list, type: 'application/geo+json', body: readSample('nws/obs_PPIZ_empty_collection.json') },
    ],
    ['203 of a deprecated product', { status: 203, type: json, body: '{"a":1}' }],
    ['201 and JSON', { status: 201, type: json, body: '{"a":1}' }],
    ['no content type', { body: '{"a":1}' }],
    ['octet-stream, which says nothing', { type: 'binary/octet-stream', body: '{"a":1}' }],
    ['text/json', { type: 'text/json', body: '{"a":1}' }],
    ['JSON of a vendor', { type: 'application/vnd.api+json', body: '{"a":1}' }],
    ['error: null', { type: json, body: '{"error":null,"a":1}' }],
    [
      'error: false, errors: []',
      { type: json, body: '{"error":false,"errors":[],"ok":true,"success":true}' },
    ],
    [
      'an error that the contract names',
      { type: json, body: '{"job":1,"error":"timeout"}', columns: ['error'] },
    ],
    [
      'a status that the contract names',
      { type: json, body: '{"job":1,"status":"error"}', columns: ['status'] },
    ],
    [
      'a scalar beside the columns',
      { ...columns, type: json, body: '{"hourly":{"a":[1],"b":[2],"unit":"x"}}' },
    ],
    ['columns without rows', { ...columns, type: json, body: '{"hourly":{"a":[],"b":[]}}' }],
    ['a map', { shape: 'map', type: json, body: '{"a":{"n":1}}' }],
    ['a dialling code', { type: json, body: '{"country":"GB","code":442,"cod":44}' }],
    ['a code of 200 with words', { type: json, body: '{"code":200,"message":"OK","cod":"200"}' }],
    [
      'a code that the contract names',
      { type: json, body: '{"status":404,"message":"gone"}', columns: ['status'] },
    ],
    ['CSV', { shape: 'list', format: 'csv', type: 'text/csv; charset=utf-8', body: '[]' }],
    ['CSV in plain text', { shape: 'list', format: 'csv', type: 'text/plain', body: '[]' }],
    ['NDJSON', { shape: 'list', format: 'ndjson', type: 'application/x-ndjson', body: '[]' }],
    ['a packed file', { type: 'application/gzip', body: '{"a":1}' }],
  ];
  for (const [what, given] of good) {
    it(`is ${what}`, () => {
      expect(judge(given)).to.include({ land: true });
    });
  }

  it('is warned of when it is no original (203)', () => {
    expect(judge({ status: 203, type: json, body: '{"a":1}' }))
      .to.have.property('warning')
      .that.matches(/^203: /);
    expect(judge({ type: json, body: '{"a":1}' })).to.deep.equal({ land: true });
  });
});

describe('a response without records that is no error', () => {
  it('is a 204', () => {
    expect(judge({ status: 204 })).to.include({ land: false, outcome: 'none' });
  });

  for (const header of ['if-none-match', 'if-modified-since']) {
    it(`is a 304 to ${header}`, () => {
      expect(judge({ status: 304, asked: { [header]: 'x' } })).to.include({
        land: false,
        outcome: 'unchanged',
      });
    });
  }
});

describe('a body that cannot be parsed', () => {
  for (const [what, body] of [
    ['text in a 200', readSample('open-meteo/errors/200_stream_failure.body.txt')],
    ['JSON that ends in text', readSample('open-meteo/errors/200_stream_failure_truncated.body.txt')],
    ['nothing', ''],
  ] as const) {
    it(`is left to its parser: ${what}`, () => {
      expect(judge({ type: json, body })).to.equal(undefined);
    });
  }

  it('is a refusal all the same where the status says so', () => {
    expect(refusal({ status: 502, type: json, body: '{"a":' }).message).to.match(/^502/);
  });
});

describe('a response that must not land', () => {
  const sample = (status: number, file: string, type = json): Given => ({
    status,
    type,
    body: readSample(file),
  });
  const bad: [what: string, given: Given, said: RegExp, retryable: boolean][] = [
    [
      '429 of a minute',
      sample(429, 'open-meteo/errors/429_minutely.json'),
      /429: Minutely API request limit/,
      true,
    ],
    [
      '429 of a day',
      sample(429, 'open-meteo/errors/429_daily.json'),
      /try again tomorrow\.; ask less often/,
      true,
    ],
    [
      '429, too many at once',
      sample(429, 'open-meteo/errors/429_concurrent.json'),
      /Too many concurrent/,
      true,
    ],
    ['503', sample(503, 'open-meteo/errors/503_overloaded.json'), /503: The service is overloaded/, true],
    [
      '400 of a place',
      sample(400, 'open-meteo/errors/400_latitude.json'),
      /400: Latitude must be.*check path and params/,
      false,
    ],
    ['400 of a time zone', sample(400, 'open-meteo/errors/400_timezone.json'), /Invalid timezone/, false],
    ['400 of a key', sample(400, 'open-meteo/errors/400_apikey_invalid.json'), /API key is invalid/, false],
    [
      '401',
      sample(401, 'open-meteo/errors/401_apikey_required.json'),
      /401: API key required.*secret set/,
      false,
    ],
    [
      '403 of a plan',
      sample(403, 'open-meteo/errors/403_plan.json'),
      /403: This API endpoint requires/,
      false,
    ],
    [
      '403 in HTML',
      sample(403, 'nws/403_no_user_agent.body.txt', 'text/html'),
      /403: Access Denied.*User-Agent/,
      false,
    ],
    [
      '404 as problem+json',
      sample(404, 'nws/problem_404_invalid_point.json', 'application/problem+json'),
      /404: .*; check base_url, path and for_each/,
      false,
    ],
    [
      '400 in plain text',
      sample(400, 'usgs/400_too_many.body.txt', 'text/plain'),
      /400: Error 400: Bad Request 286412 matching/,
      false,
    ],
    ['422', sample(422, 'github/errors_0.json'), /422: Validation Failed/, false],
    [
      '403 that names a time to wait',
      {
        status: 403,
        headers: { 'retry-after': '60' },
        type: json,
        body: '{"message":"secondary rate limit"}',
      },
      /secondary rate limit/,
      true,
    ],
    ['408', { status: 408 }, /^408/, true],
    ['425', { status: 425 }, /^425/, true],
    ['500 without a body', { status: 500 }, /^500$/, true],
    ['304 that nobody asked for', { status: 304 }, /^304; no usable answer/, false],
    ['206, a part', { status: 206, type: json, body: '{"a":1}' }, /^206/, true],
    [
      'HTML in a 200',
      { type: 'text/html; charset=utf-8', body: '<h1>Maintenance</h1>' },
      /200 with text\/html instead of JSON: Maintenance/,
      true,
    ],
    [
      'JSON called text',
      { type: 'text/plain', body: '{"a":1}' },
      /200 with text\/plain instead of JSON.*content_type: text\/plain, action: success/,
      true,
    ],
    [
      'error: true in a 200',
      { type: json, body: readSample('open-meteo/errors/400_latitude.json') },
      /'error' in it says that it is an error: Latitude must be/,
      true,
    ],
    [
      'error as an object in a 200',
      { type: json, body: '{"error":{"code":1006,"message":"No matching location found."}}' },
      /an error: No matching location found/,
      true,
    ],
    [
      'errors in a 200',
      { type: json, body: '{"data":{"a":1},"errors":[{"message":"partly"}]}' },
      /'errors' .*partly/,
      true,
    ],
    ['ok: false', { type: json, body: '{"ok":false,"error":"not_authed"}' }, /not_authed/, true],
    [
      'success: false',
      { type: json, body: '{"success":false,"message":"sorry"}' },
      /'success' .*sorry/,
      true,
    ],
    [
      'status: error',
      { type: json, body: '{"status":"error","data":"Invalid key"}' },
      /'status' .*Invalid key/,
      true,
    ],
    [
      'an error below the root, where the contract names one above',
      { ...list, type: json, body: '{"error":"x","features":[]}', columns: ['error'] },
      /'error'/,
      true,
    ],
    [
      'nothing at the selector',
      { ...list, type: json, body: '{"type":"x","title":"y"}' },
      /data_selector \$\.features finds nothing instead of a list; the body has type, title/,
      true,
    ],
    [
      'an object for a list',
      { ...list, type: json, body: '{"features":{}}' },
      /finds an object instead of a list$/,
      true,
    ],
    ['a list for an object', { type: json, body: '[]' }, /finds a list instead of an object/, true],
    [
      'null for columns',
      { ...columns, type: json, body: '{"hourly":null}' },
      /finds null instead of an object/,
      true,
    ],
    [
      'columns of different lengths',
      { ...columns, type: json, body: '{"hourly":{"time":[1,2],"rain":[1]}}' },
      /time has 2, rain has 1/,
      true,
    ],
    [
      'columns without a list',
      { ...columns, type: json, body: '{"hourly":{"time":1}}' },
      /without parallel lists/,
      true,
    ],
    ['a list for a map', { shape: 'map', type: json, body: '[]' }, /a list instead of an object/, true],
    [
      'a code of its own in a 200 (OpenWeatherMap)',
      { type: json, body: '{"cod":"404","message":"city not found"}' },
      /200, but 'cod' in it says that it is an error: city not found/,
      false,
    ],
    [
      'a code of the moment in a 200',
      { type: json, body: '{"code":503,"msg":"busy"}' },
      /'code' .*busy/,
      true,
    ],
    [
      'the same code as text and status',
      { status: 404, type: json, body: '{"cod":"404","message":"city not found"}' },
      /^404: city not found/,
      false,
    ],
    [
      'HTML instead of CSV',
      { format: 'csv', type: 'text/html', body: '<p>Log in' },
      /text\/html instead of CSV: Log in/,
      true,
    ],
    [
      'JSON instead of CSV',
      { format: 'csv', type: json, body: '{"message":"no"}' },
      /json instead of CSV: no/,
      true,
    ],
    ['a scalar', { type: json, body: '"Invalid key"' }, /a string instead of an object/, true],
  ];
  for (const [what, given, said, retryable] of bad) {
    it(`is ${what}: ${retryable ? 'asked for again' : 'final'}`, () => {
      const error = refusal(given);
      expect(error.message).to.match(said);
      expect(error).to.include({ retryable, status: given.status ?? 200 });
    });
  }

  it('is told of in one line of at most some hundred characters', () => {
    const body = `<html><style>p { color: red }</style><p>${'very\nlong '.repeat(200)}</p></html>`;
    const { message } = refusal({ status: 502, type: 'text/html', body });
    expect(message).to.match(/^502: very long/);
    expect(message).to.not.match(/\n|color/);
    expect(message.length).to.be.lessThan(320);
  });

  const flags: [what: string, given: Given, expected: object][] = [
    ['a wait', { status: 429, headers: { 'retry-after': '7' } }, { retryAfterMs: 7_000, rateLimited: true }],
    ['a key that is refused', { status: 401 }, { refreshToken: true, retryable: false }],
    ['a right that is missing', { status: 403 }, { refreshToken: true, retryable: false }],
    [
      'a rate limit under 403, and no other key',
      { status: 403, type: json, body: '{"message":"You have exceeded a secondary rate limit."}' },
      { rateLimited: true, retryable: true, retryAfterMs: 60_000, refreshToken: undefined },
    ],
    [
      'a key that a 200 refuses',
      { type: json, body: '{"code":401,"message":"token expired"}' },
      { refreshToken: true, retryable: false },
    ],
    [
      'an error in a 200 with a code beside it',
      { type: json, body: '{"error":"not allowed","code":403}' },
      { refreshToken: true, retryable: false },
    ],
    [
      'a rate limit in a 200',
      { type: json, body: '{"code":429,"message":"wait 30 seconds"}' },
      { rateLimited: true, retryable: true, retryAfterMs: 30_000 },
    ],
    [
      'a 404, which says nothing of keys',
      { status: 404 },
      { refreshToken: undefined, rateLimited: undefined },
    ],
  ];
  for (const [what, given, expected] of flags) {
    it(`says of ${what} what to do about it`, () => {
      const { retryable, retryAfterMs, rateLimited, refreshToken } = refusal(given);
      expect({ retryable, retryAfterMs, rateLimited, refreshToken }).to.deep.include(expected);
    });
  }
});

describe('a body with the answers of several slices', () => {
  const grouped = createJudge({
    filters: [],
    expected: { selector: parseJsonPath('$.hourly'), shape: 'columns', columns: [] },
    grouped: true,
    now: () => now,
  });
  const head = { status: 200, headers: { 'content-type': json } };

  it('is judged answer by answer', () => {
    const answers = [
      { hourly: { time: [1] } },
      { hourly: null },
      { error: true, reason: 'Latitude must be' },
    ];
    expect(grouped.document(head, '', answers)).to.deep.equal({ land: true });
    expect(() => grouped.answer(head, answers[0])).to.not.throw();
    expect(() => grouped.answer(head, answers[1])).to.throw(HttpError, /finds null/);
    expect(() => grouped.answer(head, answers[2])).to.throw(HttpError, /'error' .*Latitude must be/);
  });
});
