import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Api {
  address: string;
  stop: () => Promise<void>;
}

/** A process of its own: what it costs is nobody's. It ends with this one. */
export async function startApi(records: number): Promise<Api> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'api.ts'), String(records)], {
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
