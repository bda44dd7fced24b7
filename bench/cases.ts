/** What is measured: our program and its peers, each run in a process of its own that prints one line of JSON. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Reading {
  records: number;
  seconds: number;
  /** Resident memory at its highest. */
  peakBytes: number;
}

type Program = (address: string) => Promise<Reading>;

export interface Case {
  name: string;
  /** What the API holds. */
  records: number;
  /** What each program must have read: a benchmark of different work says nothing. */
  expected: number;
  ours: Program;
  peers: Record<string, Program>;
  /** Our records per second, over those of the fastest peer. */
  goal: number;
}

const folder = import.meta.dirname;
const pythonOf = (name: string): string => join(folder, '../.catchwater/python', name, 'bin/python');

const dlt =
  (what: string): Program =>
  (address) =>
    read(pythonOf('dlt'), ['peers/read_dlt.py', what, address]);
const tap: Program = (address) => read(pythonOf('tap'), ['peers/read_tap.py', address]);
/** As the template sets them for the fetch function. */
const nodeOptions = { NODE_OPTIONS: '--max-semi-space-size=8' };

/** `what`: pages, items or whole. */
export const readOurs =
  (what: string): Program =>
  (address) =>
    read(process.execPath, ['ours/read.ts', what, address], nodeOptions);

async function read(
  command: string,
  [script = '', ...args]: string[],
  environment: Record<string, string> = {},
): Promise<Reading> {
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(command, [join(folder, script), ...args], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Reading;
}

export const cases: Case[] = [
  {
    name: 'pages one after another, 200,000 records',
    records: 200_000,
    expected: 200_000,
    ours: readOurs('pages'),
    peers: { dlt: dlt('extract'), 'tap-rest-api-msdk': tap },
    goal: 2.5,
  },
  {
    name: 'requests side by side, 2,000 records',
    records: 200_000,
    expected: 2_000,
    ours: readOurs('items'),
    peers: { dlt: dlt('items') },
    goal: 2.5,
  },
  {
    name: 'from the API to Parquet, 200,000 records',
    records: 200_000,
    expected: 200_000,
    ours: readOurs('whole'),
    peers: { dlt: dlt('whole') },
    goal: 5,
  },
];
