import { createHash } from 'node:crypto';
import type { CompiledSource } from './source.ts';

/** The document as it is stored. */
export function sourceText(source: CompiledSource): string {
  return JSON.stringify(source);
}

/** `sources/<name>-<sha256 of the text>.json` in the artifact bucket: what the parameter `SourceKey` says. */
export function sourceKey(source: CompiledSource): string {
  return `sources/${source.name}-${createHash('sha256').update(sourceText(source)).digest('hex')}.json`;
}
