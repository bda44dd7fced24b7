import { styleText } from 'node:util';

/** What `npm start` says while it works: one line for each step as it happens, on standard error. */
export interface Talk {
  say(step: string, text: string): void;
  warn(step: string, text: string): void;
  /** What it waits for; on a terminal only, the next line takes its place. */
  waiting(text: string): void;
  /** Takes away what it waits for: somebody else will print the next line. */
  end(): void;
}

type TalkStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export function createTalk(stream: TalkStream, now: () => Date = () => new Date()): Talk {
  let open = false;
  const line = (step: string, text: string, color: 'cyan' | 'red') => {
    const time = styleText('dim', clock(now()), { stream });
    const lines = text
      .trimEnd()
      .split('\n')
      .join(`\n${' '.repeat(20)}`);
    stream.write(
      `${open ? '\r\u001B[K' : ''}${time} ${styleText(color, step.padEnd(10), { stream })} ${lines}\n`,
    );
    open = false;
  };
  return {
    say: (step, text) => line(step, text, 'cyan'),
    warn: (step, text) => line(step, text, 'red'),
    waiting(text) {
      if (!stream.isTTY || process.env['TERM'] === 'dumb') return;
      const room = (stream.columns || 80) - 1;
      stream.write(`\r\u001B[K${styleText('dim', `${' '.repeat(9)}${text}`.slice(0, room), { stream })}`);
      open = true;
    },
    end() {
      if (open) stream.write('\r\u001B[K');
      open = false;
    },
  };
}

/** UTC, as all times of the product. */
export function clock(time: Date): string {
  return time.toISOString().slice(11, 19);
}
