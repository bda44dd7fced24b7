import { expect } from 'chai';
import {
  isFresh,
  validatorsOf,
  withValidators,
  type Validators,
} from '../../../pipeline/http/conditional.ts';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';

const now = new Date('2026-11-21T10:05:00.000Z');
const modified = 'Sat, 21 Nov 2026 09:00:00 GMT';
const noon = 'Sat, 21 Nov 2026 12:00:00 GMT';
const after = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

const cases: [what: string, headers: Record<string, string>, expected: Validators | undefined][] = [
  ['nothing', {}, undefined],
  ['an ETag', { etag: '"v1"' }, { etag: '"v1"' }],
  ['a weak ETag, as it came', { etag: 'W/"v1"' }, { etag: 'W/"v1"' }],
  ['Last-Modified, as it came', { 'last-modified': modified }, { last_modified: modified }],
  ['Expires', { expires: noon }, { expires_at: '2026-11-21T12:00:00.000Z' }],
  ['Expires in the past', { etag: '"v1"', expires: modified }, { etag: '"v1"' }],
  ['Expires: 0', { expires: '0' }, undefined],
  ['Expires: -1', { expires: '-1' }, undefined],
  [
    'Expires by a clock that is behind ours',
    { expires: 'Sat, 21 Nov 2026 09:30:00 GMT', date: modified },
    { expires_at: after(1_800) },
  ],
  [
    'the headers of MET Norway',
    {
      date: 'Sat, 21 Nov 2026 10:05:00 GMT',
      expires: 'Sat, 21 Nov 2026 10:35:22 GMT',
      'last-modified': 'Sat, 21 Nov 2026 10:05:00 GMT',
    },
    { last_modified: 'Sat, 21 Nov 2026 10:05:00 GMT', expires_at: after(1_822) },
  ],
  ['max-age', { 'cache-control': 'public, max-age=60' }, { expires_at: after(60) }],
  ['max-age in quotes and capitals', { 'cache-control': 'Max-Age="60"' }, { expires_at: after(60) }],
  ['max-age before Expires', { 'cache-control': 'max-age=60', expires: noon }, { expires_at: after(60) }],
  ['s-maxage before max-age', { 'cache-control': 'max-age=60, s-maxage=90' }, { expires_at: after(90) }],
  ['max-age=0', { 'cache-control': 'max-age=0', expires: noon }, undefined],
  ['max-age less the age it has', { 'cache-control': 'max-age=60', age: '20' }, { expires_at: after(40) }],
  ['max-age that is used up', { 'cache-control': 'max-age=60', age: '80' }, undefined],
  [
    'a max-age that is no number',
    { 'cache-control': 'max-age=soon', expires: noon },
    { expires_at: '2026-11-21T12:00:00.000Z' },
  ],
  [
    'a max-age of a year: a day',
    { 'cache-control': 'max-age=31536000, immutable' },
    { expires_at: after(86_400) },
  ],
  ['no-store', { etag: '"v1"', 'cache-control': 'private, no-store, max-age=60' }, undefined],
  ['no-cache', { etag: '"v1"', 'cache-control': 'no-cache, max-age=60' }, { etag: '"v1"' }],
  [
    'no-cache of one field, as if of all',
    { 'cache-control': 'no-cache="set-cookie", max-age=60' },
    undefined,
  ],
];

describe('validatorsOf', () => {
  for (const [what, headers, expected] of cases) {
    it(`keeps of an answer with ${what}: ${Object.keys(expected ?? {}).join(', ') || 'nothing'}`, () => {
      expect(validatorsOf(headers, now)).to.deep.equal(expected);
    });
  }

  it('keeps of a 304 what it was asked with, and when it may be asked again', () => {
    const previous: Validators = { etag: '"v1"', last_modified: modified, expires_at: after(-60) };
    expect(validatorsOf({}, now, previous)).to.deep.equal({ etag: '"v1"', last_modified: modified });
    expect(validatorsOf({ etag: '"v2"', 'cache-control': 'max-age=60' }, now, previous)).to.deep.equal({
      etag: '"v2"',
      last_modified: modified,
      expires_at: after(60),
    });
  });
});

describe('withValidators', () => {
  const request: HttpRequest = {
    method: 'GET',
    url: new URL('https://api.example/'),
    headers: { accept: '*/*' },
  };

  it('asks for news only', () => {
    expect(withValidators(request, { etag: 'W/"v1"', last_modified: modified }).headers).to.deep.equal({
      accept: '*/*',
      'if-none-match': 'W/"v1"',
      'if-modified-since': modified,
    });
    expect(request.headers).to.deep.equal({ accept: '*/*' });
  });

  it('asks as ever where nothing is known', () => {
    expect(withValidators(request, undefined)).to.equal(request);
    expect(withValidators(request, { expires_at: after(0) }).headers).to.deep.equal({ accept: '*/*' });
  });
});

describe('isFresh', () => {
  it('says so until it expires', () => {
    expect(isFresh({ expires_at: after(1) }, now)).to.equal(true);
    expect(isFresh({ expires_at: after(0) }, now)).to.equal(false);
    expect(isFresh({ etag: '"v1"' }, now)).to.equal(false);
    expect(isFresh(undefined, now)).to.equal(false);
  });
});
