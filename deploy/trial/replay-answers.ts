import { Readable } from 'node:stream';
import { CatchwaterError } from '../../pipeline/errors.ts';
import type { SecretMask } from '../../pipeline/http/secret-mask.ts';
import type { Send } from '../../pipeline/http/send-request.ts';
import { parseJsonPath } from '../../pipeline/source/json-path.ts';
import type { Auth } from '../../pipeline/source/source.ts';
import type { RecordedAnswer } from './fixture.ts';
import { identify } from './record-answers.ts';

/** Answers as they were recorded, each once, in the order in which they came. */
export function replayAnswers(answers: readonly RecordedAnswer[], mask: SecretMask): Send {
  const waiting = new Map<string, RecordedAnswer[]>();
  for (const answer of answers) {
    const key = keyOf(answer);
    waiting.set(key, [...(waiting.get(key) ?? []), answer]);
  }
  return async (request) => {
    const asked = identify(request, mask);
    const answer = waiting.get(keyOf(asked))?.shift();
    if (!answer) {
      const body = asked.requestBody === undefined ? '' : ` ${asked.requestBody}`;
      throw new CatchwaterError(
        `no answer was recorded for ${asked.method} ${asked.url}${body}: has the request changed? Then record again`,
      );
    }
    const { status, headers, body, base64 } = answer;
    const bytes = base64 === undefined ? Buffer.from(body ?? '') : Buffer.from(base64, 'base64');
    return { status, headers, body: Readable.from([bytes]) };
  };
}

/** Whoever asks for a token gets one that is none. */
export function standInLogin(auth: Auth | undefined): Send {
  return async () => {
    const answer: Record<string, unknown> = {};
    if (auth && 'token' in auth && 'token_path' in auth.token)
      put(answer, auth.token.token_path, auth.token.expires_in_path);
    if (auth?.type === 'session_token') put(answer, auth.token_path, auth.expires_in_path);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Readable.from([Buffer.from(JSON.stringify(answer))]),
    };
  };
}

function put(answer: Record<string, unknown>, tokenPath: string, lifetimePath: string | undefined): void {
  setAt(answer, tokenPath, 'stand-in for a token');
  if (lifetimePath !== undefined) setAt(answer, lifetimePath, 3600);
}

function setAt(answer: Record<string, unknown>, path: string, value: unknown): void {
  const steps = parseJsonPath(path).map(String);
  let place = answer;
  for (const step of steps.slice(0, -1)) place = (place[step] ??= {}) as Record<string, unknown>;
  place[steps.at(-1) ?? ''] = value;
}

function keyOf({ method, url, requestBody }: Pick<RecordedAnswer, 'method' | 'url' | 'requestBody'>): string {
  return JSON.stringify([method, url, requestBody ?? null]);
}
