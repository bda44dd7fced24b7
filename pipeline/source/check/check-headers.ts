import type { Report } from '../report.ts';
import { parseTemplate, placeholdersOf } from '../template.ts';
import type { Path } from '../yaml-span.ts';

/** What HTTP itself sets: a wrong value breaks the connection, and none is needed. */
const ownedByHttp = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
]);

export function checkHeader(name: string, value: string, path: Path, report: Report): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
    report(path, `'${name}' cannot name a header`, { on: 'key' });
  } else if (ownedByHttp.has(name.toLowerCase())) {
    report(path, `the header '${name}' is set by HTTP itself: leave it out`, { on: 'key' });
  }
  const odd = findOddCharacter(value);
  if (odd) {
    report(path, `a header cannot hold the character ${odd.shown}`, { offset: odd.offset });
  }
  if (name.toLowerCase() === 'user-agent' && /\bexample\.(?:com|org|net)\b/i.test(value)) {
    report(path, 'this User-Agent is an example: say who asks, or the API may refuse', {
      severity: 'warning',
    });
  }
}

/** Outside of Latin-1, and with control characters, no client sends a header. */
export function findOddCharacter(value: string): { shown: string; offset: number } | undefined {
  const odd = /[^\t\u0020-\u007e\u00a0-\u00ff]/u.exec(value);
  return odd ? { shown: JSON.stringify(odd[0]), offset: odd.index } : undefined;
}

const secretName =
  /^(?:authorization|proxy-authorization|cookie|(?:x-)?(?:api|access|auth|app|subscription)?[-_]?(?:key|token|id_?key)|appid|client[-_]secret|(?:client|api)?[-_]?secret|pass(?:word|wd|phrase)?|sig(?:nature)?)$/i;
const secretValue =
  /^(?:(?:Bearer|Basic|Token)\s+\S{8,}|AKIA[A-Z0-9]{16}|(?:sk|pk|rk)_(?:live|test)_\w{8,}|gh[pousr]_\w{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]*|[0-9a-f]{32,}|AIza[\w-]{30,})$/i;

/** A header or parameter whose name or literal value says that a secret was written into the file. */
export function warnOfSecret(name: string, value: string, path: Path, report: Report): void {
  if (value.trim() === '' || hasPlaceholder(value)) return;
  if (!secretName.test(name) && !secretValue.test(value.trim())) return;
  report(
    path,
    `'${name}' looks like a secret in plain text: name it under client.auth as { secret: … } instead`,
    { severity: 'warning' },
  );
}

function hasPlaceholder(value: string): boolean {
  try {
    return placeholdersOf(parseTemplate(value)).length > 0;
  } catch {
    // Reported as a template already.
    return true;
  }
}
