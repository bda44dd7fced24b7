import { ConfigError } from '../pipeline/errors.ts';

/** `Cadence=rate(1 hour)` words → stack parameters. Only the first `=` parts name and value. */
export function parseAssignments(words: readonly string[]): Record<string, string> {
  const pairs = words.map((word): [string, string] => {
    const at = word.indexOf('=');
    if (at < 1) {
      throw new ConfigError(
        `'${word}' is no stack parameter: write Name=value, as in Cadence='rate(1 hour)'`,
      );
    }
    return [word.slice(0, at), word.slice(at + 1)];
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ConfigError(`the parameter ${twice} is given twice`);
  return Object.fromEntries(pairs);
}
