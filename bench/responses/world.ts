/**
 * What surrounds the fetch function while its memory is measured, a process of its own: `world.ts MEGABYTES` prints its
 * address. An API whose one response has that many megabytes, as `/records.json`, `/records.ndjson` and `/records.csv`;
 * the buckets and the ledger of a stack, as far as the function asks for them; and `/counted`, what was served and landed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { responsesSource } from './responses-source.ts';
import { isFormat, serveRecords } from './serve-records.ts';
import { takeObjects } from './take-objects.ts';

const megabytes = Number(process.argv[2] ?? 16);
const objects = takeObjects();
let served = 0;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [, bucket, ...key] = pathname.split('/');
  const format = pathname.slice('/records.'.length);
  if (pathname.startsWith('/records.') && isFormat(format)) {
    served += await serveRecords(format, megabytes, response);
    return;
  }
  if (pathname === '/counted') return send(response, { served, ...(await objects.landed()) });
  if (bucket === 'artifacts') return send(response, await responsesSource(key.at(-1) ?? '', address()));
  if (bucket === 'staging') return objects.take({ key: key.join('/'), searchParams, request }, response);
  // The ledger: nothing is in it, and every write goes well.
  request.resume().on('end', () => send(response, {}));
}

function send(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => console.info(address()));
process.stdin.resume().on('end', () => process.exit(0));
