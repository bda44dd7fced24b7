import type { Authenticator } from '../http/auth/authenticator.ts';
import type { HttpRequest } from '../http/send-request.ts';
import { shortHash } from './slice-key.ts';

/** Names a request in the ledger, without its key. */
export function requestKey(request: HttpRequest, auth: Pick<Authenticator, 'shownUrl'>): string {
  return shortHash(`${request.method} ${auth.shownUrl(request)} ${request.body ?? ''}`);
}
