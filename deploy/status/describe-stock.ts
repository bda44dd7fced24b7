import { bytes, count } from '../figures.ts';
import type { StockStatus, StockTakenStatus } from './read-stock.ts';
import { shorten } from './shorten.ts';
import { spellAge } from './spell-time.ts';

/** One line of what was found last, one of why there is nothing newer; none before the first. */
export function describeStock({ recent, whole, fault }: StockStatus, now: Date): string[] {
  const lines = [
    ...(whole ? [`raw objects, all compared with the ledger ${describeTaken(whole, now)}`] : []),
    // What looks at everything looks at what is recent.
    ...(recent && recent.at > (whole?.at ?? '')
      ? [`raw objects of the last two days ${describeTaken(recent, now)}`]
      : []),
    ...(fault ? [`raw objects cannot be compared, ${spellAge(fault.at, now)}: ${shorten(fault.error)}`] : []),
  ];
  return lines.length > 0 ? [lines.join('\n')] : [];
}

function describeTaken({ at, objects, ...found }: StockTakenStatus, now: Date): string {
  const findings = [
    ...(found.missing > 0 ? [`${found.missing.toLocaleString('en')} gone`] : []),
    ...(found.hidden > 0 ? [`${found.hidden.toLocaleString('en')} deleted or overwritten`] : []),
    ...(found.registered > 0 ? [`${found.registered.toLocaleString('en')} put on the list late`] : []),
  ];
  const rest =
    found.unnamed > 0
      ? ` · ${count(found.unnamed, 'object')} of no window, ${bytes(found.unnamedBytes)}`
      : '';
  const of = findings.length > 0 ? findings.join(', ') : 'all there';
  return `${spellAge(at, now)}: ${count(objects, 'object')}, ${of}${rest}`;
}
