import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ConfigError } from '../pipeline/errors.ts';

/** Asks on the terminal for a word that must be typed out; anything else is a no. */
export async function confirmByTyping(question: string, expected: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new ConfigError('there is no terminal to ask on; give --yes to go ahead without a question');
  }
  process.stderr.write(`${question}\n`);
  const answer = await askLine(`Type the name ${expected} to go ahead: `, process.stderr);
  return answer === expected;
}

/** A secret: typed without an echo, or all of standard input where that is a pipe or file. */
export async function readSecretValue(name: string): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Asked first: from here on the terminal itself echoes nothing.
  const value = askLine('', silent);
  process.stderr.write(`Value of ${name} (not shown): `);
  try {
    return await value;
  } finally {
    process.stderr.write('\n');
  }
}

/** Empty when the input ends first. */
async function askLine(prompt: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const ended = new Promise<string>((done) => lines.once('close', () => done('')));
    const stopped = new Promise<never>((_done, stop) => {
      lines.once('SIGINT', () => stop(new DOMException('\nstopped by Ctrl-C', 'AbortError')));
    });
    return (await Promise.race([lines.question(prompt), ended, stopped])).trim();
  } finally {
    lines.close();
  }
}
