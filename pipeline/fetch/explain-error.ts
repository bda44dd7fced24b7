import { HttpError } from '../http/http-error.ts';
import type { HttpRequest } from '../http/send-request.ts';
import type { Run } from './run.ts';
import type { Unit } from './unit.ts';

/**
 * The API's error with the request at fault, without secrets: it is logged and kept. Where values are protected, it does not
 * quote a body in which they may stand, nor does its cause.
 */
export function explainError(
  error: unknown,
  { request, unit }: { request: HttpRequest; unit: Unit },
  { ports, asker, resource }: Run,
): unknown {
  if (ports.signal.aborted || !(error instanceof HttpError)) return error;
  const of = unit.slices.length === 1 ? JSON.stringify(unit.slices[0]) : `${unit.slices.length} slices`;
  const slice = request.method === 'POST' ? ` for ${of}` : '';
  const parent = asker === undefined ? '' : ` (${resource.name}, whose records are the slices of ${asker})`;
  const { message, unquoted } = error;
  const isQuiet = resource.protect.length > 0 && unquoted !== undefined;
  const words = isQuiet ? `${unquoted} (not quoted: columns are protected)` : message;
  return error.restate(
    ports.mask.mask(`${request.method} ${ports.auth.shownUrl(request)}${slice}${parent}: ${words}`),
    isQuiet ? { cause: undefined } : {},
  );
}
