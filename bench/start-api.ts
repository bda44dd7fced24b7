import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Api {
  address: string;
  stop: () => Promise<void>;
}

/** A process of its own: what it costs is nobody's. It ends with this one. */
export async function startApi(size: number, script = 'api.ts'): Promise<Api> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), String(size)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    address: first.toString().trim(),
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
