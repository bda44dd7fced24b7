import type { Run } from './run.ts';

/** Of two thousand pages that are odd in one way, one is told of. */
export function warnOnce(warning: string | undefined, { progress, ports, resource }: Run): void {
  if (warning === undefined || progress.warned.has(warning)) return;
  progress.warned.add(warning);
  ports.log('odd response', { resource: resource.name, warning: ports.mask.mask(warning) }, 'WARN');
}
