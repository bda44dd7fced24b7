import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Processes whose command line names the folder, or, on Linux, whose environment does. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc')) {
    const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(folder));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((id) => {
      const command = readText(`/proc/${id}/cmdline`).replaceAll('\0', ' ');
      const environment = readText(`/proc/${id}/environ`);
      return command.includes(folder) || environment.includes(folder) ? [`${id} ${command}`] : [];
    });
}

/** Those that are still there when a dying process has had its time: the guard of the local AWS outlives it by a moment. */
export async function leftovers(folder: string): Promise<string[]> {
  for (let attempt = 0; attempt < 100 && processesOf(folder).length > 0; attempt += 1) await wait(100);
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
