import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Processes whose command line or working directory names the folder; Linux only, elsewhere none are found. */
export function processesOf(folder: string): string[] {
  let ids: string[];
  try {
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return ids
    .filter((id) => id !== String(process.pid))
    .flatMap((id) => {
      const command = readText(`/proc/${id}/cmdline`).replaceAll('\0', ' ');
      const environment = readText(`/proc/${id}/environ`);
      return command.includes(folder) || environment.includes(folder) ? [`${id} ${command}`] : [];
    });
}

/** Those that are still there when a dying process has had its time. */
export async function leftovers(folder: string): Promise<string[]> {
  for (let attempt = 0; attempt < 20 && processesOf(folder).length > 0; attempt += 1) await wait(100);
  return processesOf(folder);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile, or is not ours.
    return '';
  }
}
