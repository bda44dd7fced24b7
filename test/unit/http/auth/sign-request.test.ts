import { expect } from 'chai';
import * as fc from 'fast-check';
import { createHash, createHmac } from 'node:crypto';
import { signRequest } from '../../../../pipeline/http/auth/sign-request.ts';
import type { HttpRequest } from '../../../../pipeline/http/send-request.ts';
import type { Auth } from '../../../../pipeline/source/source.ts';
import { authWorld, dataRequest } from './auth-world.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const now = new Date('2015-08-30T12:36:00Z');
const scope = { service: 'service', region: 'us-east-1', credentials, now };

/**
 * What the server at the other end does: the signature of a request as it arrived, from the specification alone. `path`
 * and `query` are as they stand in the request line.
 */
function expectedSignature(request: HttpRequest, secretKey = credentials.secretAccessKey): string {
  const authorization = request.headers['authorization'] ?? '';
  const [, date = '', region = '', service = ''] =
    /Credential=[^/]+\/(\d+)\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
  const signed = (/SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '').split(';');
  const received: Record<string, string> = { ...request.headers, host: request.url.host };
  const canonical = [
    request.method,
    service === 's3' ? request.url.pathname : request.url.pathname.split('/').map(encode).join('/'),
    parameters(request.url.search).join('&'),
    ...signed.map((name) => `${name}:${received[name]?.trim().replaceAll(/ +/g, ' ')}`),
    '',
    signed.join(';'),
    sha256(request.body ?? ''),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    received['x-amz-date'],
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secretKey}`));
  return hmac(key, text).toString('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** In the order of their names, then of their values. */
function parameters(search: string): string[] {
  if (search.length < 2) return [];
  return search
    .slice(1)
    .split('&')
    .map((part) => part.split('=').map((text) => encode(decodeURIComponent(text))))
    .toSorted(([name = '', value = ''], [otherName = '', otherValue = '']) =>
      name === otherName ? byBytes(value, otherValue) : byBytes(name, otherName),
    )
    .map(([name, value]) => `${name}=${value}`);
}

function encode(text: string): string {
  const unreserved = /[A-Za-z0-9_.~-]/;
  return [...Buffer.from(text)]
    .map((byte) => {
      const sign = String.fromCodePoint(byte);
      return unreserved.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function signatureOf({ headers }: HttpRequest): string {
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1] ?? 'none';
}

/** From AWS's signature version 4 test suite: the server above agrees with them. */
const suite: [name: string, request: HttpRequest, signature: string][] = [
  ['get-vanilla', arrived('GET', '/'), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    arrived('GET', '/?Param2=value2&Param1=value1'),
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-unreserved',
    arrived('GET', '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  ['post-vanilla', arrived('POST', '/'), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-x-www-form-urlencoded',
    arrived('POST', '/', 'Param1=value1'),
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

function arrived(method: 'GET' | 'POST', path: string, body?: string): HttpRequest {
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const names = [...Object.keys(type), 'host', 'x-amz-date'].join(';');
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=`;
  return {
    method,
    url: new URL(path, 'https://example.amazonaws.com'),
    headers: { ...type, 'x-amz-date': '20150830T123600Z', authorization },
    ...(body !== undefined && { body }),
  };
}

/** From S3's documentation of the same signature. */
const documented: [path: string, signature: string][] = [
  ['/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  ['/?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
];

describe('signRequest', () => {
  for (const [name, request, signature] of suite) {
    it(`${name}: the server of this test agrees with AWS`, () => {
      expect(expectedSignature(request)).to.equal(signature);
    });
  }

  for (const [path, signature] of documented) {
    it(`signs ${path} of S3 as AWS documents it`, async () => {
      const url = new URL(path, 'https://examplebucket.s3.amazonaws.com');
      const signed = await signRequest(
        { method: 'GET', url, headers: {} },
        {
          service: 's3',
          region: 'us-east-1',
          credentials: {
            accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
            secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
          },
          now: new Date('2013-05-24T00:00:00Z'),
        },
      );
      expect(signatureOf(signed)).to.equal(signature);
    });
  }

  const odd = fc.string({ unit: fc.constantFrom(...Array.from("aZ0-._~ !'()*+,;=:@&/?%#ü😀ሴ$[]|")) });
  for (const service of ['execute-api', 's3']) {
    it(`is understood by ${service}, whatever the URL and the body`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            odd.filter((part) => !/^\.{0,2}$/.test(part)),
            { maxLength: 3 },
          ),
          fc.array(fc.tuple(odd, odd), { maxLength: 4 }),
          fc.option(odd, { nil: undefined }),
          async (path, query, body) => {
            const url = new URL(path.map(encodeURIComponent).join('/'), 'https://api.example:8443/');
            for (const [name, value] of query) url.searchParams.append(name, value);
            const headers = {
              accept: 'application/json',
              ...(body !== undefined && { 'content-type': 'text/plain' }),
            };
            const request: HttpRequest = {
              method: body === undefined ? 'GET' : 'POST',
              url,
              headers,
              ...(body !== undefined && { body }),
            };
            const signed = await signRequest(request, { ...scope, service });
            expect(signatureOf(signed)).to.equal(expectedSignature(signed));
            // It is the same request: nothing but its spelling has changed.
            expect([...signed.url.searchParams]).to.deep.equal([...url.searchParams]);
            expect(decodeURIComponent(signed.url.pathname)).to.equal(decodeURIComponent(url.pathname));
            expect(signed.url.search).to.not.match(/[+!'()*]/);
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  it('signs host, type, date and body, and leaves the other headers to whoever lies between', async () => {
    const request: HttpRequest = {
      method: 'POST',
      url: new URL('https://api.example/x'),
      headers: { accept: 'a', 'user-agent': 'b', 'content-type': 'c' },
      body: '{}',
    };
    const { headers } = await signRequest(request, scope);
    expect(headers['authorization']).to.contain(
      'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, ',
    );
    expect(headers).to.include({
      accept: 'a',
      'user-agent': 'b',
      'content-type': 'c',
      'x-amz-date': '20150830T123600Z',
    });
    expect(headers).to.not.have.any.keys('host', 'x-amz-security-token');
  });
});

describe('aws_sigv4', () => {
  const auth: Auth = { type: 'aws_sigv4', service: 'execute-api', region: 'eu-central-1' };

  it('signs with the credentials of the role, hides them, and shows the URL as it is', async () => {
    const world = authWorld();
    Object.assign(world.credentials, { sessionToken: 'session/token==' });
    const authenticator = world.authenticator(auth);
    const sent = await authenticator.apply(dataRequest('items?q=a+b'));
    expect(sent.headers['x-amz-security-token']).to.equal('session/token==');
    expect(sent.headers['authorization']).to.contain(
      'AKIDEXAMPLE/20261121/eu-central-1/execute-api/aws4_request',
    );
    expect(signatureOf(sent)).to.equal(expectedSignature(sent));
    expect(sent.url.href).to.equal('https://api.example/v1/items?q=a%20b');
    expect(authenticator.shownUrl(sent)).to.equal(sent.url.href);
    for (const hidden of ['session/token==', world.credentials.secretAccessKey]) {
      expect(world.mask.mask(`<${hidden}>`)).to.equal('<***>');
    }
  });

  it('signs each try with its own time, and again after a refusal only with other credentials', async () => {
    const world = authWorld();
    const { apply, renew } = world.authenticator(auth);
    const first = await apply(dataRequest());
    world.clock += 1000;
    const second = await apply(dataRequest());
    expect(signatureOf(first)).to.not.equal(signatureOf(second));
    expect(await renew(second)).to.equal(false);
    world.credentials.accessKeyId = 'AKIDOTHER';
    expect(await renew(second)).to.equal(true);
  });
});
