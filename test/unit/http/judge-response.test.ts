import { expect } from 'chai';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import type { Expectation } from '../../../pipeline/http/judge-body.ts';
import { readResponse, type Response } from '../../../pipeline/http/read-response.ts';
import { createSecretMask } from '../../../pipeline/http/secret-mask.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import type { Shape } from '../../../pipeline/source/source.ts';
import { readSample } from '../../support/read-sample.ts';

const now = new Date('2026-11-21T10:05:03.123Z');

interface Given {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  selector?: string;
  shape?: Shape;
  columns?: string[];
}

function read(given: Given, mask = createSecretMask()): Promise<Response> {
  const { status = 200, type, body = '', selector = '$', shape = 'object', columns = [] } = given;
  const headers = { ...given.headers, ...(type !== undefined && { 'content-type': type }) };
  const expected: Expectation = { selector: parseJsonPath(selector), shape, columns };
  const request = { method: 'GET' as const, url: new URL('https://api.example/v1/x'), headers: {} };
  const answer = { status, headers, body: Readable.from([Buffer.from(body)]) };
  return readResponse(request, expected, {
    send: async () => answer,
    signal: new AbortController().signal,
    now: () => now,
    mask,
    maxBytes: 100_000,
  });
}

async function refusal(given: Given): Promise<HttpError> {
  try {
    await read(given);
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
    ['a byte order mark', { type: json, body: '\uFEFF{"a":1}' }],
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
    ['gzip', { type: json, body: gzipSync('{"a":1}'), headers: { 'content-encoding': 'gzip' } }],
    ['br', { type: json, body: brotliCompressSync('{"a":1}'), headers: { 'content-encoding': 'br' } }],
    [
      'gzip twice',
      { type: json, body: gzipSync(gzipSync('{"a":1}')), headers: { 'content-encoding': 'gzip, gzip' } },
    ],
  ];
  for (const [what, given] of good) {
    it(`is ${what}`, async () => {
      const { text, fetchedAt } = await read(given);
      expect(text).to.be.a('string').that.does.not.equal('');
      expect(fetchedAt).to.equal(now);
    });
  }

  it('keeps its text to the letter', async () => {
    const body = '{ "t" : 1.10,\r\n "big":12345678901234567890, "s":"\\u00e9\u2028" }';
    expect((await read({ type: json, body })).text).to.equal(body);
  });

  it('is read in its own charset', async () => {
    const body = Buffer.from('{"city":"Zürich"}', 'latin1');
    expect((await read({ type: 'application/json; charset=ISO-8859-1', body })).text).to.equal(
      '{"city":"Zürich"}',
    );
  });

  it('has no text when the API says that there is none', async () => {
    expect(await read({ status: 204 })).to.not.have.property('text');
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
      'text in a 200',
      sample(200, 'open-meteo/errors/200_stream_failure.body.txt'),
      /no whole JSON: Unexpected error while streaming/,
      true,
    ],
    [
      'JSON that ends in text',
      sample(200, 'open-meteo/errors/200_stream_failure_truncated.body.txt'),
      /no whole JSON: \{"latitude".* … .*allEndpointsUnavailable/,
      true,
    ],
    ['JSON cut short', { ...columns, type: json, body: openMeteo.slice(0, -1) }, /no whole JSON/, true],
    ['two documents', { type: json, body: '{"a":1}{"a":2}' }, /no whole JSON/, true],
    ['nothing in a 200', { type: json, body: ' \n' }, /the body is empty/, true],
    [
      'HTML in a 200',
      { type: 'text/html; charset=utf-8', body: '<h1>Maintenance</h1>' },
      /200 with text\/html instead of JSON: Maintenance/,
      true,
    ],
    [
      'JSON called text',
      { type: 'text/plain', body: '{"a":1}' },
      /200 with text\/plain instead of JSON/,
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
    ['a scalar', { type: json, body: '"Invalid key"' }, /a string instead of an object/, true],
    [
      'too much',
      { type: json, body: `[${'1,'.repeat(60_000)}1]`, shape: 'list' },
      /larger than 1 MB.*ask for less per request/,
      false,
    ],
    [
      'too much, well packed',
      { type: json, body: gzipSync(' '.repeat(1e6)), headers: { 'content-encoding': 'gzip' } },
      /larger than 1 MB/,
      false,
    ],
    [
      'half of a gzip',
      { type: json, body: gzipSync(openMeteo).subarray(0, 500), headers: { 'content-encoding': 'gzip' } },
      /damaged or cut short/,
      true,
    ],
    [
      'no gzip',
      { type: json, body: openMeteo, headers: { 'content-encoding': 'gzip' } },
      /damaged or cut short/,
      true,
    ],
    [
      'an encoding nobody asked for',
      { type: json, body: 'x', headers: { 'content-encoding': 'compress' } },
      /encoded as 'compress'/,
      false,
    ],
    ['bytes that are no UTF-8', { type: json, body: Buffer.from([0x22, 0xff, 0x22]) }, /not utf-8/, true],
  ];
  for (const [what, given, said, retryable] of bad) {
    it(`is ${what}: ${retryable ? 'asked for again' : 'final'}`, async () => {
      const error = await refusal(given);
      expect(error.message).to.match(said);
      expect(error).to.include({ retryable, status: given.status ?? 200 });
    });
  }

  it('says how long to wait, when the API does', async () => {
    const error = await refusal({ status: 429, headers: { 'retry-after': '7' } });
    expect(error.retryAfterMs).to.equal(7000);
  });

  it('is told of in one line of at most some hundred characters', async () => {
    const body = `<html><style>p { color: red }</style><p>${'very\nlong '.repeat(200)}</p></html>`;
    const { message } = await refusal({ status: 502, type: 'text/html', body });
    expect(message).to.match(/^502: very long/);
    expect(message).to.not.match(/\n|color/);
    expect(message.length).to.be.lessThan(320);
  });
});

describe('a response that repeats the key', () => {
  it('lands without it', async () => {
    const mask = createSecretMask();
    mask.hide('k3y/with+odd chars');
    const body = '{"url":"/x?key=k3y%2Fwith%2Bodd%20chars","plain":"k3y\\/with+odd chars"}';
    expect((await read({ type: json, body }, mask)).text).to.equal('{"url":"/x?key=***","plain":"***"}');
  });

  it('keeps data that only look like a short key', async () => {
    const mask = createSecretMask();
    mask.hide('1234');
    expect((await read({ type: json, body: '{"n":1234}' }, mask)).text).to.equal('{"n":1234}');
  });
});
