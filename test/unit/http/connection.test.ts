import { expect } from 'chai';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { Agent } from 'undici';
import { readBeginning } from '../../../pipeline/body/read-beginning.ts';
import { followRedirects } from '../../../pipeline/http/follow-redirects.ts';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import { createJudge } from '../../../pipeline/http/judge-response.ts';
import { connectionError, sendThrough, type HttpRequest } from '../../../pipeline/http/send-request.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answers: Record<string, Answer> = {
  '/good': (_, response) => response.setHeader('content-type', 'application/json').end('[1]'),
  '/echo': (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.end(JSON.stringify([{ method, url, headers, body: Buffer.concat(chunks).toString() }]));
    });
  },
  '/truncated': (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('[1');
    setTimeout(() => response.destroy(), 10);
  },
  '/chunked': (_, response) => {
    response.write('[1');
    setTimeout(() => response.destroy(), 10);
  },
  '/reset': (request) => request.socket.resetAndDestroy(),
  '/silent': () => undefined,
  '/slow': (_, response) => {
    response.write('[1');
    const drip = setInterval(() => response.write(',1'), 20);
    response.once('close', () => clearInterval(drip));
  },
  '/429': (_, response) => response.writeHead(429, { 'retry-after': '3' }).end('{"reason":"slowly"}'),
  '/500': (_, response) => {
    response.writeHead(500, { 'content-length': '1000' }).write('{"message":"boom"}');
    setTimeout(() => response.destroy(), 10);
  },
  '/moved': (_, response) => response.writeHead(307, { location: '/good' }).end('moved'),
};

describe('a request over a connection', () => {
  let server: Server;
  let agent: Agent;
  let origin: string;

  before(async () => {
    server = createServer((request, response) =>
      answers[request.url?.split('?')[0] ?? '']?.(request, response),
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    agent = new Agent({ connections: 2, headersTimeout: 0, bodyTimeout: 0, allowH2: false });
  });
  after(async () => {
    await agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  const judge = createJudge({
    filters: [],
    expected: { selector: [], shape: 'list', columns: [] },
    now: () => new Date(0),
  });

  /** Sent, judged by its head, read to the end. */
  const ask = async (request: HttpRequest, signal: AbortSignal) => {
    const answer = await followRedirects(sendThrough(agent))(request, signal);
    if (!judge.mayLand(answer)) judge.text(answer, await readBeginning(answer, 1_000), request);
    const text = await textOf(answer.body);
    judge.document(answer, text, JSON.parse(text));
    return { ...answer, text };
  };

  const request = async (path: string, more: { method?: 'POST'; body?: string; within?: number } = {}) => {
    const { method = 'GET', body, within = 5_000 } = more;
    const headers = { 'x-key': 'one', accept: 'application/json' };
    const url = new URL(path, origin);
    const asked: HttpRequest = { method, url, headers, ...(body !== undefined && { body }) };
    try {
      return await ask(asked, AbortSignal.timeout(within));
    } catch (error) {
      throw connectionError(error, within);
    }
  };

  it('brings the response', async () => {
    const { text, status, headers } = await request('/good');
    expect({ text, status }).to.deep.equal({ text: '[1]', status: 200 });
    expect(headers).to.include({ 'content-type': 'application/json' });
  });

  it('sends method, path, query, headers and body as they are', async () => {
    const { text } = await request('/echo?a=1%2C2&b=%20', { method: 'POST', body: '{"q":1}' });
    const [got] = JSON.parse(text) as [{ headers: Record<string, string> }];
    expect(got).to.include({ method: 'POST', url: '/echo?a=1%2C2&b=%20', body: '{"q":1}' });
    expect(got.headers).to.include({ 'x-key': 'one', accept: 'application/json' });
  });

  it('follows a redirect on the same host', async () => {
    expect((await request('/moved')).text).to.equal('[1]');
  });

  const faults: [what: string, path: string, said: RegExp, retryable: boolean, within?: number][] = [
    [
      'breaks off before its announced length',
      '/truncated',
      /the connection failed: other side closed/,
      true,
    ],
    ['breaks off between two chunks', '/chunked', /the connection failed: other side closed/, true],
    ['is reset', '/reset', /the connection failed: .*ECONNRESET/, true],
    ['never begins', '/silent', /no complete answer within 100 ms/, true, 100],
    ['never ends', '/slow', /no complete answer within 100 ms/, true, 100],
    ['is a 429', '/429', /^429: slowly/, true],
    ['is a 500 that breaks off', '/500', /^500: boom$/, true],
  ];
  for (const [what, path, said, retryable, within] of faults) {
    it(`fails when the answer ${what}`, async () => {
      const error = await request(path, within === undefined ? {} : { within }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(HttpError);
      expect(error).to.have.property('message').that.matches(said);
      expect(error).to.have.property('retryable', retryable);
    });
  }

  it('fails when nobody listens', async () => {
    const free = createServer();
    await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening));
    const { port } = free.address() as AddressInfo;
    await new Promise((closed) => free.close(closed));
    const error = await request(`http://127.0.0.1:${port}/`).catch((thrown: unknown) => thrown);
    expect(error).to.include({ retryable: true });
    expect(error).to.have.property('message').that.contains('ECONNREFUSED');
  });
});

describe('connectionError', () => {
  const lasting = [
    'UND_ERR_INVALID_ARG',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ];
  for (const code of lasting) {
    it(`does not repeat a request after ${code}`, () => {
      expect(connectionError(Object.assign(new Error('x'), { code }), 1)).to.include({ retryable: false });
    });
  }

  it('repeats one after anything else, and names it', () => {
    const error = connectionError(Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }), 1);
    expect(error).to.include({ retryable: true, message: 'the connection failed: no route (EHOSTUNREACH)' });
  });
});
