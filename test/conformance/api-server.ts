/**
 * A hostile API on 127.0.0.1: answers as a script says, byte by byte if need be, and remembers what it was asked.
 * `{api}` in headers and texts of answers stands for its own address, `{stranger}` for another one that must never be asked.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  bytes?: Buffer;
  /** Sent after these many bytes of the body: nothing more, the connection is cut. */
  cutAfter?: number;
  /** The connection is cut before a byte is sent. */
  refuse?: true;
  /** Nothing more is sent after these many bytes; the connection stays open. */
  stallAfter?: number;
  /** Announced in Content-Length instead of the body's own length. */
  length?: number;
}

/** What the API was asked. */
export interface Question {
  method: string;
  /** `/items?page=1`, as sent. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  /** From 1, of all that were asked. */
  number: number;
}

export type Handler = (question: Question) => Answer;

export interface HostileApi {
  url: string;
  stranger: string;
  /** From now on this answers; what was asked before is forgotten. */
  play(handler: Handler): void;
  questions: Question[];
  /** How often the other host was asked. */
  strangerAsked: () => number;
  stop(): Promise<void>;
}

export async function startHostileApi(): Promise<HostileApi> {
  let handler: Handler = unscripted;
  let asked = 0;
  const questions: Question[] = [];
  const addresses = { api: '', stranger: '' };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const heard = await readQuestion(request);
    const question = { ...heard, number: questions.length + 1 };
    questions.push(question);
    give(response, handler(question), addresses);
  };
  const stranger = createServer((_request, response) => {
    asked += 1;
    response.end('[{"id":666}]');
  });
  addresses.api = await listen(server);
  addresses.stranger = await listen(stranger);
  return {
    url: addresses.api,
    stranger: addresses.stranger,
    play(next) {
      handler = next;
      questions.length = 0;
      asked = 0;
    },
    questions,
    strangerAsked: () => asked,
    async stop() {
      await Promise.all([close(server), close(stranger)]);
    },
  };
}

function unscripted(): Answer {
  return { status: 500, text: 'no script' };
}

async function readQuestion(request: IncomingMessage): Promise<Omit<Question, 'number'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    path: decodeURI(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks).toString(),
  };
}

function give(response: ServerResponse, answer: Answer, addresses: { api: string; stranger: string }): void {
  const address = (text: string) =>
    text.replaceAll('{api}', addresses.api).replaceAll('{stranger}', addresses.stranger);
  const socket = response.socket as Socket;
  if (answer.refuse) return void socket.destroy();
  const bytes =
    answer.bytes ??
    Buffer.from(address(answer.text ?? ('json' in answer ? JSON.stringify(answer.json) : '')));
  response.statusCode = answer.status ?? 200;
  response.sendDate = false;
  const type = 'json' in answer ? { 'content-type': 'application/json' } : {};
  for (const [name, value] of Object.entries({ ...type, ...answer.headers })) {
    response.setHeader(name, address(value));
  }
  const bodiless = response.statusCode === 204 || response.statusCode === 304;
  if (!bodiless) response.setHeader('content-length', answer.length ?? bytes.length);
  const stop = answer.cutAfter ?? answer.stallAfter;
  if (stop !== undefined) {
    response.flushHeaders();
    response.write(bytes.subarray(0, stop), () => {
      // In the next turn: the bytes have left by then.
      if (answer.cutAfter !== undefined) setImmediate(() => socket.destroy());
    });
    return;
  }
  // Written by hand, as end() would refuse a length that does not fit.
  if (answer.length !== undefined && answer.length !== bytes.length) {
    response.strictContentLength = false;
    response.write(bytes, () => setImmediate(() => socket.destroy()));
    return;
  }
  response.end(bodiless ? undefined : bytes);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}
