import { runProcess } from './run-process.ts';
import { crashed, type Suite } from './suite.ts';

/** A program that is silent or not to be listened to when all is well, and exits with 0: it counts as one test. */
export function checker(name: string, command: string, args: string[]): Suite {
  return {
    name,
    async run(output) {
      const { code, output: text } = await runProcess(command, args, { minutes: 3 });
      if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
      output(`${[command, ...args].join(' ')} (exit code ${code ?? 'none'})\n${firstLines(text)}`);
      return crashed;
    },
  };
}

function firstLines(text: string): string {
  const lines = text.trim().split('\n');
  return lines.length > 80
    ? [...lines.slice(0, 80), `… and ${lines.length - 80} lines more`].join('\n')
    : lines.join('\n');
}
