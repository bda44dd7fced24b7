/**
 * The API that every program of the benchmarks reads, a process of its own: `node bench/api.ts RECORDS` prints its address.
 * `/pages?page=N` has 100 records and a Link to the next page, `/bodies?page=N` names that page in its body instead (the
 * tap's own way of links does not work with its SDK); `/items` lists 2,000 ids, `/items/ID` is one record. All of it is
 * made before the first request: what is measured is who asks.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const perPage = 100;
const items = 2_000;
const records = Number(process.argv[2] ?? 200_000);
const start = Date.UTC(2026, 10, 1);
const hours = 168;
const times = Array.from({ length: hours }, (_, hour) => new Date(start + hour * 3_600_000).toISOString());

/** About 135 bytes, spread over a week of hours. */
function record(id: number): string {
  return (
    `{"id":${id},"time":"${times[id % hours]}","station":"station-${id % 1000}",` +
    `"temperature":${((id * 7919) % 4000) / 100},"humidity":${(id * 31) % 100},"note":"measured by hand"}`
  );
}

const pages = Array.from({ length: Math.ceil(records / perPage) }, (_, page) => {
  const count = Math.min(perPage, records - page * perPage);
  return Buffer.from(
    `[${Array.from({ length: count }, (_unused, index) => record(page * perPage + index)).join(',')}]`,
  );
});
const ids = Buffer.from(`[${Array.from({ length: items }, (_, id) => `{"id":${id}}`).join(',')}]`);

function answer(path: string, response: ServerResponse): void {
  const url = new URL(path, 'http://localhost');
  const item = /^\/items\/(\d+)$/.exec(url.pathname)?.[1];
  if (item !== undefined) return send(response, Buffer.from(`[${record(Number(item))}]`));
  if (url.pathname === '/items') return send(response, ids);
  const number = Number(url.searchParams.get('page') ?? 1);
  const page = pages[number - 1] ?? Buffer.from('[]');
  const next = number < pages.length ? number + 1 : undefined;
  if (url.pathname === '/bodies') {
    const end = Buffer.from(`,"next_page":${next ?? null}}`);
    return send(response, Buffer.concat([Buffer.from('{"data":'), page, end]));
  }
  send(response, page, next === undefined ? {} : { link: `<${address()}/pages?page=${next}>; rel="next"` });
}

function send(response: ServerResponse, body: Buffer, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'application/json', 'content-length': String(body.length) };
  response.writeHead(200, { ...type, ...headers }).end(body);
}

const server = createServer((request, response) => answer(request.url ?? '/', response));
const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.info(address()));
process.stdin.resume().on('end', () => process.exit(0));
