import type { SecretReference } from '../../source/source.ts';
import { HttpError } from '../http-error.ts';
import type { ReadToken } from './read-token.ts';
import type { SecretReader } from './secret-reader.ts';
import type { Secrets } from './secrets.ts';
import type { Token, TokenEntry } from './token-cache.ts';
import { TokenRefusal } from './token-refusal.ts';

export interface RefreshDeps {
  entry: TokenEntry;
  /** Where the refresh token is stored. */
  reference: SecretReference;
  secrets: Secrets;
  reader: SecretReader;
  now: () => Date;
  sleep: (ms: number) => Promise<void>;
}

/** Time for another invocation, which has used the refresh token before us, to store the one that it got. */
const waitsMs = [0, 500, 1_500];
const mostTries = 3;

/**
 * A token for the stored refresh token. APIs that replace it take each one once: so it is read from its store right
 * before, and its successor is stored before anything is done with the token that came with it.
 */
export async function refreshToken(
  ask: (refreshToken: string) => Promise<ReadToken>,
  deps: RefreshDeps,
): Promise<Token> {
  const { entry, reference, secrets, reader } = deps;
  if (entry.unsaved) {
    const { token } = entry.unsaved;
    await save(deps);
    if (deps.now().getTime() < token.goodUntil) return token;
  }
  const stored = await secrets.readAnew(reference);
  reader.hide(stored);
  const { used, answer } = await askWithNewest(stored, ask, deps);
  const { token, refreshToken: successor } = answer;
  reader.hide(token.value);
  if (successor === '' || successor === used) return token;
  reader.hide(successor);
  entry.unsaved = { replaced: used, value: successor, token };
  await save(deps);
  return token;
}

/** Two invocations may use the same refresh token at once: the one that is refused goes on with what the other stored. */
async function askWithNewest(
  stored: string,
  ask: (refreshToken: string) => Promise<ReadToken>,
  deps: RefreshDeps,
): Promise<{ used: string; answer: ReadToken }> {
  let used = stored;
  for (let tries = 1; ; tries += 1) {
    try {
      return { used, answer: await ask(used) };
    } catch (error) {
      if (!(error instanceof TokenRefusal) || tries === mostTries) throw error;
      const successor = await findSuccessor(used, deps);
      if (successor === undefined) throw dead(error, deps.reference);
      used = successor;
    }
  }
}

function dead(error: TokenRefusal, { secret }: SecretReference): TokenRefusal {
  const remedy = `authorize anew and set it with \`catchwater secret set ${secret}\``;
  const message = `${error.message}; if the refresh token '${secret}' is at fault: ${remedy}`;
  return new TokenRefusal(message, { cause: error.cause });
}

async function findSuccessor(
  refused: string,
  { reference, secrets, reader, sleep }: RefreshDeps,
): Promise<string | undefined> {
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await sleep(waitMs);
    const stored = await secrets.readAnew(reference);
    reader.hide(stored);
    if (stored !== refused) return stored;
  }
  return undefined;
}

/** What cannot be stored now is kept in memory and tried again first thing: the old one is worth nothing any more. */
async function save({ entry, reference, secrets, reader }: RefreshDeps): Promise<void> {
  if (!entry.unsaved) return;
  const { replaced, value } = entry.unsaved;
  try {
    reader.hide(await secrets.replace(reference, replaced, value));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError(
      `the API has replaced the refresh token '${reference.secret}', and the new one could not be stored: ${reason}`,
      { cause, retryable: true },
    );
  }
  entry.unsaved = undefined;
}
