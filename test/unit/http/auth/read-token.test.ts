import { expect } from 'chai';
import { readToken, type TokenPlaces } from '../../../../pipeline/http/auth/read-token.ts';

const places: TokenPlaces = {
  token_path: '$.access_token',
  expires_in_path: '$.expires_in',
  lifetime_ms: 1_000_000,
};
const askedAt = Date.parse('2026-11-21T10:00:00Z');
const read = (body: unknown, more: Partial<TokenPlaces> = {}) =>
  readToken(typeof body === 'string' ? body : JSON.stringify(body), { ...places, ...more }, askedAt);

describe('readToken', () => {
  const lifetimes: [what: string, expires_in: unknown, seconds: number][] = [
    ['seconds', 3600, 3600],
    ['seconds as text', '3600', 3600],
    ['seconds with a blank', ' 3600 ', 3600],
    ['seconds with a fraction', '3599.5', 3599.5],
    ['seconds with their unit', '7200s', 7200],
    ['epoch seconds', askedAt / 1000 + 900, 900],
    ['epoch milliseconds as text', String(askedAt + 900_000), 900],
    ['ISO 8601', '2026-11-21T10:15:00Z', 900],
    ['ISO 8601 with an offset', '2026-11-21T12:15:00.000+02:00', 900],
    ['ISO 8601 without a zone, meant as UTC', '2026-11-21 10:15:00', 900],
    ['an HTTP date', 'Sat, 21 Nov 2026 10:15:00 GMT', 900],
    ['nothing', undefined, 1000],
    ['null', null, 1000],
    ['zero', 0, 1000],
    ['less than nothing', -1, 1000],
    ['a time gone by', '2026-11-21T09:00:00Z', 1000],
    ['other words', 'never', 1000],
    ['no date', '2026-99-99T99:99:99Z', 1000],
    ['an object', {}, 1000],
  ];
  for (const [what, expires_in, seconds] of lifetimes) {
    it(`takes ${what} for the lifetime`, () => {
      const { token } = read({ access_token: 'T', expires_in });
      const margin = Math.min(60, seconds / 10);
      expect(token).to.deep.equal({ value: 'T', goodUntil: askedAt + (seconds - margin) * 1000 });
    });
  }

  const found: [what: string, body: unknown, token_path: string, value: string, refreshToken: string][] = [
    ['where it is said to be', { access_token: 'T' }, '$.access_token', 'T', ''],
    ['below other fields', { d: [{ 'a.b': 'T' }] }, "$.d[0]['a.b']", 'T', ''],
    ['as a number', { access_token: 12 }, '$.access_token', '12', ''],
    ['with blanks around it', { access_token: ' a b\n' }, '$.access_token', 'a b', ''],
    ['as the whole answer', '"T"', '$', 'T', ''],
    ['as the whole answer, no JSON', 'abc.def\n', '$', 'abc.def', ''],
    ['with a refresh token', { access_token: 'T', refresh_token: 'R' }, '$.access_token', 'T', 'R'],
    ['with a refresh token beside it', { d: { t: 'T', refresh_token: 'R' } }, '$.d.t', 'T', 'R'],
    ['with a refresh token on top', { d: { t: 'T' }, refresh_token: 'R' }, '$.d.t', 'T', 'R'],
    ['with an empty refresh token', { access_token: 'T', refresh_token: null }, '$.access_token', 'T', ''],
  ];
  for (const [what, body, token_path, value, refreshToken] of found) {
    it(`finds a token ${what}`, () => {
      const answer = read(body, { token_path });
      expect(answer.token.value).to.equal(value);
      expect(answer.refreshToken).to.equal(refreshToken);
    });
  }

  it('looks for no lifetime where no path is given', () => {
    const { token } = readToken(
      '{"access_token":"T","expires_in":1}',
      { ...places, expires_in_path: undefined },
      0,
    );
    expect(token.goodUntil).to.equal(940_000);
  });

  const canary = 'c4nary';
  const bad: [what: string, body: unknown, message: string | RegExp, retryable: boolean, path?: string][] = [
    [
      'another name',
      { token: canary, ttl: 1 },
      'there is no token at $.access_token; the answer is an object with token, ttl',
      false,
    ],
    ['a list', [canary], 'there is no token at $.access_token; the answer is no object', false],
    [
      'text alone',
      JSON.stringify(canary),
      'there is no token at $.access_token; the answer is no object',
      false,
    ],
    ['an empty token', { access_token: '' }, 'there is no token at $.access_token', false],
    ['an object for a token', { access_token: { v: canary } }, 'there is no token at $.access_token', false],
    [
      'a line break in the token',
      { access_token: `${canary}\r\nX: 1` },
      'what stands at $.access_token has line breaks',
      false,
    ],
    ['no JSON', `<html>${canary}`, 'the answer is no JSON (12 characters)', true],
    ['JSON that ends too early', `{"access_token":"${canary}`, 'the answer is no JSON (23 characters)', true],
    ['nothing', '', 'the answer is no JSON (0 characters)', true],
    ['nothing at all for the whole answer', ' ', 'the answer is no JSON', true, '$'],
    [
      'an error under a 200',
      { error: 'bad_refresh_token', error_description: 'too old' },
      '200: bad_refresh_token, too old',
      false,
    ],
    ['an error of the moment', { error: 'temporarily_unavailable' }, '200: temporarily_unavailable', true],
  ];
  for (const [what, body, message, retryable, token_path = '$.access_token'] of bad) {
    it(`names ${what}, and quotes no value`, () => {
      let error: Error & { retryable?: boolean } = new Error('nothing was thrown');
      try {
        read(body, { token_path });
      } catch (thrown) {
        error = thrown as Error;
      }
      expect(error.message).to.match(
        typeof message === 'string' ? new RegExp(`^${escape(message)}`) : message,
      );
      expect(error).to.have.property('retryable', retryable);
      expect(`${error.stack} ${String(error.cause)}`).to.not.contain(canary);
    });
  }
});

function escape(text: string): string {
  return text.replaceAll(/[$.()?*[\]]/g, String.raw`\$&`);
}
