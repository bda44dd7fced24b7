/**
 * The sample API: three weather services' shapes over generated data, on 127.0.0.1, so that a pipeline can be tried and
 * tested without the internet. `/_served` tells what was served, `POST /_misbehave` orders a fault.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CatchwaterError } from '../../pipeline/errors.ts';
import type { Answer, Question, ServedRecord } from './answer.ts';
import { FaultPlan, send, type Misbehaviour } from './misbehave.ts';
import { answerObservations } from './nws.ts';
import { answerForecast } from './open-meteo.ts';
import { Served, type ServedFigures } from './served.ts';
import { answerCurrent } from './weather-api.ts';

export interface SampleApi {
  /** `http://127.0.0.1:<port>`; Open-Meteo's and WeatherAPI's shapes lie below `/v1/`, NWS's below `/stations/`. */
  url: string;
  misbehave(misbehaviour: Misbehaviour): void;
  behave(): void;
  served(): ServedFigures;
  servedRecords(): ServedRecord[];
  stop(): Promise<void>;
}

export async function startSampleApi(options: { port?: number; now?: () => Date } = {}): Promise<SampleApi> {
  const { port = 0, now = () => new Date() } = options;
  const faults = new FaultPlan();
  const served = new Served();
  const server = createServer((request, response) => {
    respond(request, response, { faults, served, now }).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    misbehave: (misbehaviour) => faults.add(misbehaviour),
    behave: () => faults.clear(),
    served: () => served.figures(),
    servedRecords: () => served.records(),
    async stop() {
      server.closeAllConnections();
      await new Promise((stopped) => server.close(stopped));
    },
  };
}

interface Context {
  faults: FaultPlan;
  served: Served;
  now: () => Date;
}

async function respond(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  if (url.pathname.startsWith('/_')) {
    await send(response, await control(request, url, context));
    return;
  }
  const answer = route({ url, headers: request.headers, now: context.now() });
  const fault = context.faults.take(url.pathname);
  context.served.countRequest(fault?.status ?? answer.status);
  const good = await send(response, answer, fault);
  if (good && answer.records) context.served.countRecords(answer.records);
}

function route(question: Question): Answer {
  const { pathname } = question.url;
  if (pathname === '/v1/forecast') return answerForecast(question);
  if (pathname === '/v1/current.json') return answerCurrent(question);
  const station = /^\/stations\/([^/]+)\/observations$/.exec(pathname)?.[1];
  if (station) return answerObservations(station, question);
  const known = '/v1/forecast, /v1/current.json, /stations/{id}/observations';
  return { status: 404, body: { error: true, reason: `Nothing at ${pathname}. Served here: ${known}.` } };
}

async function control(request: IncomingMessage, url: URL, { faults, served }: Context): Promise<Answer> {
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /_served':
      return { status: 200, body: served.figures() };
    case 'GET /_served/records':
      return { status: 200, body: served.records() };
    case 'POST /_misbehave':
      faults.add(JSON.parse(await readBody(request)) as Misbehaviour);
      return { status: 200, body: { ok: true } };
    case 'POST /_behave':
      faults.clear();
      return { status: 200, body: { ok: true } };
    default:
      return { status: 404, body: { error: `Nothing at ${request.method} ${url.pathname}.` } };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((listening, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken
        ? `Port ${port} is taken: give the sample API another one, or 0 for any free port.`
        : `The sample API cannot listen on 127.0.0.1:${port}.`;
      failed(new CatchwaterError(message, { cause }));
    });
    server.listen(port, '127.0.0.1', listening);
  });
}
