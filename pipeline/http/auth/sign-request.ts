import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac, type BinaryLike, type Hash, type Hmac } from 'node:crypto';
import type { HttpRequest } from '../send-request.ts';

/** Of the function's own role, or of whoever previews. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

interface SigningScope {
  service: string;
  region: string;
  credentials: AwsCredentials;
  now: Date;
}

/** The request with AWS's signature (version 4) in its headers. */
export async function signRequest(request: HttpRequest, scope: SigningScope): Promise<HttpRequest> {
  const { service, region, now } = scope;
  const { accessKeyId, secretAccessKey, sessionToken } = scope.credentials;
  const isS3 = service === 's3';
  const url = spellForSigning(request.url, isS3);
  const signer = new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    sha256: Sha256,
    // S3 takes a path as it is sent, the others encode it once more.
    uriEscapePath: !isS3,
  });
  const type = request.headers['content-type'];
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: parametersOf(url),
      // No others: what lies between may change `accept-encoding` and the like on the way.
      headers: { host: url.host, ...(type !== undefined && { 'content-type': type }) },
      body: request.body,
    },
    { signingDate: now },
  );
  const { host: _, ...headers } = signed.headers;
  return { ...request, url, headers: { ...request.headers, ...headers } };
}

/** Both sides sign what they take the URL for: only RFC 3986's own spelling leaves no doubt (`+` may be a blank). */
function spellForSigning(url: URL, spellPath: boolean): URL {
  const spelt = new URL(url);
  spelt.search = [...url.searchParams]
    .map(([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(value)}`)
    .join('&');
  if (spellPath)
    spelt.pathname = url.pathname
      .split('/')
      .map((part) => encodeStrictly(decodeURIComponent(part)))
      .join('/');
  return spelt;
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parametersOf({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]),
  );
}

/** Node's own, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as BinaryLike);
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    // The signer never asks for it.
  }
}
