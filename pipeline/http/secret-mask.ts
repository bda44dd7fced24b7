/**
 * Hides secrets by their values, in every form in which an API or a library may repeat them: as they are, escaped for
 * URLs, forms or JSON, in base64. What names a secret (a parameter, a header) is hidden where it is written.
 */
export interface SecretMask {
  /** From now on this value is hidden. */
  hide(secret: string): void;
  /** For messages, logs and URLs. */
  mask(text: string): string;
  /**
   * For data: a value of less than eight characters (`demo`, `1234`) is left alone there, it could be part of the data.
   */
  maskBody(text: string): string;
  /** A copy of an error and of its causes: names, messages, stacks. */
  maskError(error: unknown): Error;
}

const shown = '***';
const shortestInData = 8;

export function createSecretMask(): SecretMask {
  const known = new Set<string>();
  /** Longest first, over all secrets: a form may be part of another, and what it leaves of that would be told. */
  let forms: { text: string; of: string }[] = [];
  const hide = (secret: string): void => {
    if (secret === '' || known.has(secret)) return;
    known.add(secret);
    forms = [...forms, ...formsOf(secret).map((text) => ({ text, of: secret }))].toSorted(
      (one, other) => other.text.length - one.text.length,
    );
  };
  const replace = (text: string, shortest: number): string => {
    let masked = text;
    for (const form of forms) {
      if (form.of.length >= shortest) masked = masked.replaceAll(form.text, shown);
    }
    return masked;
  };
  const mask = (text: string): string => replace(text, 0);
  return {
    hide,
    mask,
    maskBody: (text) => replace(text, shortestInData),
    maskError: (error) => maskError(error, mask),
  };
}

function maskError(error: unknown, mask: (text: string) => string): Error {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const masked = new Error(mask(message), cause === undefined ? {} : { cause: maskError(cause, mask) });
  masked.name = name;
  if (stack !== undefined) masked.stack = mask(stack);
  return masked;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const escaped = [encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)];
  const forms = [
    secret,
    json,
    json.replaceAll('/', String.raw`\/`),
    ...escaped,
    ...escaped.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
  return [...new Set(forms)];
}
