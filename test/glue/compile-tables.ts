/** Table definitions (JSON, standard input) → table specs (JSON, standard output), for the Python tests. */
import { compileTable } from '../../pipeline/table/compile-table.ts';
import type { TableDefinition } from '../../pipeline/table/table-definition.ts';

const chunks: Buffer[] = [];
for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
const definitions = JSON.parse(Buffer.concat(chunks).toString()) as TableDefinition[];
process.stdout.write(JSON.stringify(definitions.map(compileTable)));
