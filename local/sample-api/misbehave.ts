/** Faults on demand: for the next `times` requests the sample API answers worse than it knows. */
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';

export interface Misbehaviour {
  /** Requests it applies to; 1 unless said otherwise. */
  times?: number;
  /** Only requests whose path contains this. */
  path?: string;
  delayMs?: number;
  status?: number;
  /** Instead of the answer: text, or a value sent as JSON. */
  body?: unknown;
  contentType?: string;
  /** Value of the Retry-After header. */
  retryAfter?: string;
  /** Send the first half of the body, as if it were all. */
  truncate?: boolean;
  /** Announce the whole body, send half of it and cut the connection. */
  reset?: boolean;
}

export class FaultPlan {
  #planned: (Misbehaviour & { times: number })[] = [];

  add(misbehaviour: Misbehaviour): void {
    this.#planned.push({ times: 1, ...misbehaviour });
  }

  clear(): void {
    this.#planned = [];
  }

  /** The fault of this request, if any; each use counts one down. */
  take(path: string): Misbehaviour | undefined {
    const found = this.#planned.find((fault) => path.includes(fault.path ?? ''));
    if (!found) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#planned = this.#planned.filter((fault) => fault !== found);
    return found;
  }
}

/** Sends the answer, spoilt as told. True: it went out whole and good, so its records count as served. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  fault: Misbehaviour = {},
): Promise<boolean> {
  if (fault.delayMs) await wait(fault.delayMs, undefined, { ref: false });
  if (response.destroyed) return false; // the client has given up
  const status = fault.status ?? answer.status;
  const body = 'body' in fault ? fault.body : answer.body;
  const isText = typeof body === 'string';
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const sent = fault.truncate ? half : bytes;
  response.statusCode = status;
  const type = 'body' in fault ? undefined : answer.contentType;
  response.setHeader(
    'content-type',
    fault.contentType ?? type ?? (isText ? 'text/plain' : 'application/json'),
  );
  response.setHeader('content-length', sent.length);
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
  if (fault.reset) {
    await new Promise((sentHalf) => response.write(half, sentHalf));
    response.destroy();
    return false;
  }
  response.end(sent);
  const whole = await new Promise<boolean>((settle) => {
    response.once('finish', () => settle(true));
    response.once('close', () => settle(response.writableFinished));
  });
  return whole && status === 200 && !('body' in fault) && !fault.truncate;
}
