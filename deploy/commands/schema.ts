import { writeFile } from 'node:fs/promises';
import { sourceSchemaText } from '../../pipeline/source/json-schema.ts';
import { sourceReference } from '../../pipeline/source/source-reference.ts';
import type { Output } from '../output.ts';

/** Files of the repository that are made from the schema: name below its root → text. */
export function generatedFiles(): Record<string, string> {
  return {
    'sources/source.schema.json': sourceSchemaText(),
    'docs/source-reference.md': sourceReference(),
  };
}

/** `catchwater schema`: the JSON Schema of source files, for an editor. */
export function runSchema({ stdout }: { stdout: Output }): number {
  stdout.write(sourceSchemaText());
  return 0;
}

// `node deploy/commands/schema.ts` after a change of the schema: a test fails while these files are stale.
if (import.meta.main && import.meta.filename.endsWith('.ts')) {
  for (const [name, text] of Object.entries(generatedFiles())) {
    await writeFile(new URL(`../../${name}`, import.meta.url), text);
  }
}
