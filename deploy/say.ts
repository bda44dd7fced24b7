import { styleText } from 'node:util';

/** Talk goes to standard error, one line for each step; data alone goes to standard output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function sayWarning(line: string): void {
  say(`${styleText('yellow', 'warning:', { stream: process.stderr })} ${line}`);
}

/** Lines with the seconds since the command began. */
export function startProgress(): (line: string) => void {
  const began = performance.now();
  return (line) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
    say(`${styleText('dim', `${seconds} s`, { stream: process.stderr })}  ${line}`);
  };
}

export function printJson(document: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...document })}\n`);
}

/** `name  value` in two columns. */
export function printTable(rows: Record<string, string>): void {
  const width = Math.max(0, ...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
}
