import { expect } from 'chai';
import { Readable } from 'node:stream';
import { followRedirects } from '../../../pipeline/http/follow-redirects.ts';
import type { HttpAnswer, HttpRequest } from '../../../pipeline/http/send-request.ts';
import { rejection } from '../../support/rejection.ts';

const { signal } = new AbortController();

/** Sends a request whose answers redirect to these places, one after another, and then succeed. */
async function follow(
  locations: (string | undefined)[],
  { status = 302, method = 'GET' }: { status?: number; method?: 'GET' | 'POST' } = {},
) {
  const sent: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    const hop = sent.push(request) - 1;
    const location = locations[hop];
    const headers: Record<string, string> = location === undefined ? {} : { location };
    return { status: hop < locations.length ? status : 200, headers, body: Readable.from([]) };
  };
  const url = new URL('https://api.example/v1/a?key=s3cret');
  const request = { method, url, headers: { authorization: 'Bearer s3cret' } };
  return { sent, answer: followRedirects(send)(request, signal) };
}

describe('followRedirects', () => {
  it('goes on to another path of the host, with the same headers', async () => {
    const { sent, answer } = await follow(['/v2/a?key=s3cret', 'b']);
    expect((await answer).status).to.equal(200);
    expect(sent.map(({ url }) => url.href)).to.deep.equal([
      'https://api.example/v1/a?key=s3cret',
      'https://api.example/v2/a?key=s3cret',
      'https://api.example/v2/b',
    ]);
    expect(sent[2]?.headers).to.deep.equal({ authorization: 'Bearer s3cret' });
  });

  it('tells of each request that it adds, before it is sent', async () => {
    const order: string[] = [];
    const send = async ({ url }: HttpRequest): Promise<HttpAnswer> => {
      order.push(url.pathname);
      const isLast = url.pathname === '/c';
      return {
        status: isLast ? 200 : 302,
        headers: { location: url.pathname === '/a' ? '/b' : '/c' },
        body: Readable.from([]),
      };
    };
    const onHop = async () => void order.push('hop');
    await followRedirects(send, onHop)(
      { method: 'GET', url: new URL('https://api.example/a'), headers: {} },
      signal,
    );
    expect(order).to.deep.equal(['/a', 'hop', '/b', 'hop', '/c']);
  });

  const foreign: [what: string, location: string][] = [
    ['another host', 'https://customer-api.example/v1/a?key=s3cret'],
    ['another host, without a scheme', '//evil.example/a'],
    ['another port', 'https://api.example:8443/a'],
    ['no encryption', 'http://api.example/v1/a'],
    ['a host that begins like it', 'https://api.example.evil/a'],
    ['a user name like it', 'https://api.example@evil.example/a'],
  ];
  for (const [what, location] of foreign) {
    it(`sends nothing to ${what}, and does not show the address`, async () => {
      const { sent, answer } = await follow([location]);
      const error = await rejection(answer);
      expect(sent).to.have.length(1);
      expect(error).to.include({ retryable: false, status: 302 });
      expect(error.message).to.match(/^302, a redirect from https:\/\/api\.example to .* change base_url$/);
      expect(error.message).to.not.contain('s3cret');
    });
  }

  it('gives up after five redirects', async () => {
    const { sent, answer } = await follow(Array.from({ length: 9 }, (_, hop) => `/${hop}`));
    expect((await rejection(answer)).message).to.contain('more than 5 redirects');
    expect(sent).to.have.length(6);
  });

  for (const location of [undefined, 'https://']) {
    it(`refuses a redirect to ${location ?? 'nowhere'}`, async () => {
      const { answer } = await follow([location]);
      expect((await rejection(answer)).message).to.contain('without a readable Location');
    });
  }

  it('repeats a POST where the API says so, and only there', async () => {
    const kept = await follow(['/b'], { status: 307, method: 'POST' });
    expect((await kept.answer).status).to.equal(200);
    expect(kept.sent[1]).to.include({ method: 'POST' });
    const changed = await follow(['/b'], { status: 303, method: 'POST' });
    expect((await rejection(changed.answer)).message).to.contain('a redirect of a POST to /b');
  });
});
