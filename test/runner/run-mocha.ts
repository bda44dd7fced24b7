import { resolve } from 'node:path';
import type { MochaMessage } from './mocha-process.ts';
import { endGroup, runProcess } from './run-process.ts';
import { crashed, type Outcome, type Suite } from './suite.ts';

export interface MochaOptions {
  files: string[];
  /** Of one test. */
  seconds: number;
  /** Of all of them. */
  minutes: number;
  /** After the last test. */
  endsWithinMs?: number;
}

export function mocha(name: string, { files, seconds, minutes, endsWithinMs = 10_000 }: MochaOptions): Suite {
  return {
    name,
    async run(output) {
      let outcome: Outcome | undefined;
      let hangs = false;
      const { code, output: text } = await runProcess(
        process.execPath,
        [resolve(import.meta.dirname, 'mocha-process.ts'), String(seconds * 1000), ...files],
        {
          minutes,
          onMessage(message, child) {
            const said = message as MochaMessage;
            if (said.kind === 'failure') return output(said.text);
            outcome = said.outcome;
            setTimeout(() => {
              hangs = child.exitCode === null && child.signalCode === null;
              if (hangs) endGroup(child);
            }, endsWithinMs).unref();
          },
        },
      );
      if (hangs && outcome) {
        output('all tests have run, but something that they started keeps the process alive');
        return { ...outcome, failed: outcome.failed + 1 };
      }
      if (outcome && outcome.passed + outcome.failed > 0) return outcome;
      const reason = outcome ? 'found no test' : `ended before its tests did (exit code ${code ?? 'none'})`;
      output(`${reason}\n${lastLines(text)}`);
      return crashed;
    },
  };
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n');
}
