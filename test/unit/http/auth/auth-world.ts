/** An API with its token endpoint, stores of secrets and a clock, in memory. */
import { Readable } from 'node:stream';
import { createAuthenticator, type Authenticator } from '../../../../pipeline/http/auth/authenticator.ts';
import type { Secrets } from '../../../../pipeline/http/auth/secrets.ts';
import { createTokenCache } from '../../../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../../../pipeline/http/secret-mask.ts';
import type { HttpRequest } from '../../../../pipeline/http/send-request.ts';
import { defaultClient } from '../../../../pipeline/source/default-parts.ts';
import type { Auth, Client, SecretReference, TokenRequest } from '../../../../pipeline/source/source.ts';

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** JSON, unless it is text already. */
  body?: unknown;
}

export type Endpoint = (request: HttpRequest) => Answer | Promise<Answer>;

export const secret = (name: string): SecretReference => ({ secret: name, store: 'parameter-store' });

export const tokenUrl = 'https://login.example/oauth/token';

export const tokenPlaces: TokenRequest = {
  url: tokenUrl,
  client_id: 'me',
  client_secret: secret('client-secret'),
  client_in: 'body',
  scopes: [],
  data: {},
  token_path: '$.access_token',
  expires_in_path: '$.expires_in',
  lifetime_ms: 3_600_000,
};

export const dataRequest = (path = 'items?q=1'): HttpRequest => ({
  method: 'GET',
  url: new URL(path, 'https://api.example/v1/'),
  headers: { accept: 'application/json' },
});

export type AuthWorld = ReturnType<typeof authWorld>;

export function authWorld(endpoint: Endpoint = () => ({})) {
  const world = {
    clock: Date.parse('2026-11-21T10:00:00Z'),
    stored: new Map<string, string>(),
    /** What was done, in order: `read x`, `replace x`, `POST https://…`. */
    steps: [] as string[],
    /** Requests for tokens. */
    asked: [] as HttpRequest[],
    mask: createSecretMask(),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    onSleep: (_ms: number): void => undefined,
    beforeReplace: (): void => undefined,
    endpoint,
  };
  const inMemory = new Map<string, string>();
  const readAnew = async ({ secret: name }: SecretReference): Promise<string> => {
    world.steps.push(`read ${name}`);
    const value = world.stored.get(name);
    if (value === undefined) throw new Error(`no secret ${name}`);
    inMemory.set(name, value);
    return value;
  };
  const secrets: Secrets = {
    readAnew,
    read: async (reference) => inMemory.get(reference.secret) ?? readAnew(reference),
    renew: async (reference) => readAnew(reference),
    replace: async ({ secret: name }, replaced, value) => {
      world.beforeReplace();
      world.steps.push(`replace ${name}`);
      if (world.stored.get(name) === replaced) world.stored.set(name, value);
      return world.stored.get(name) ?? '';
    },
  };
  const tokens = createTokenCache();
  /** Another invocation of the same warm function; with `fresh` memory, of another one. */
  const authenticator = (
    auth?: Auth,
    more: { client?: Partial<Client>; fresh?: boolean; signal?: AbortSignal } = {},
  ): Authenticator =>
    createAuthenticator(
      { ...defaultClient, base_url: 'https://api.example/v1/', ...(auth && { auth }), ...more.client },
      {
        secrets,
        tokens: more.fresh ? createTokenCache() : tokens,
        mask: world.mask,
        now: () => new Date(world.clock),
        signal: more.signal,
        sleep: async (ms) => world.onSleep(ms),
        credentials: async () => world.credentials,
        send: async (request, signal) => {
          signal.throwIfAborted();
          world.asked.push(request);
          world.steps.push(`${request.method} ${request.url.href}`);
          const { status = 200, headers = {}, body = '' } = await world.endpoint(request);
          const text = typeof body === 'string' ? body : JSON.stringify(body);
          return { status, headers, body: Readable.from([Buffer.from(text)]) };
        },
      },
    );
  return Object.assign(world, { secrets, authenticator });
}

/** The same answer with another token each time: `t1`, `t2`… */
export function countingTokens(more: object = {}): Endpoint {
  let count = 0;
  return () => {
    count += 1;
    return { body: { access_token: `token-${count}`, ...more } };
  };
}
