/** What `catchwater runs` is asked about: a dispatcher's ledger and buckets after a while, and the commands over them. */
import { runRuns, runShow, type RunsOptions } from '../../deploy/commands/runs.ts';
import type { Run } from '../../deploy/runs/list-runs.ts';
import { sourceKey, sourceText } from '../../pipeline/source/source-key.ts';
import { dispatchScene, weatherAndCities, type DispatchScene } from './dispatch-scene.ts';
import { fetchItem } from './load-samples.ts';
import { stackScene } from './stack-scene.ts';

export const source = weatherAndCities;
export const noon = new Date('2026-11-21T12:00:00Z');

/** Two windows that a load has taken, one that failed, then a load of both resources that fails by its receipt. */
async function story(): Promise<DispatchScene> {
  const aws = dispatchScene();
  aws.objects.set(sourceKey(source), Buffer.from(sourceText(source)));
  aws.land('weather', '2026-11-21T09:00:00Z', 2);
  aws.land('weather', '2026-11-21T10:00:00Z', 1);
  aws.dynamo.put({
    ...fetchItem('weather', '2026-11-21T10:30:00Z', 0),
    work: undefined,
    state: 'failed',
    error: 'the API says 503',
    ended_at: '2026-11-21T10:30:40Z',
  });
  await aws.wake(source);
  await aws.succeed(aws.run());
  aws.clock = Date.parse('2026-11-21T11:02:00Z');
  await aws.wake(source);
  aws.dynamo.put({
    ...fetchItem('cities', '2026-11-21T11:00:00Z', 1),
    requests: 3,
    responses: 2,
    unchanged: 1,
    bytes: 1000,
    skipped: [{ slice: 'city=Atlantis', error: '404' }],
    skipped_count: 1,
  });
  aws.land('weather', '2026-11-21T11:00:00Z', 1);
  await aws.wake(source);
  await aws.report((lines) => lines.map((line) => (line.kind === 'object' ? { ...line, lines: 5 } : line)));
  // Its objects wait for the circuit breaker.
  aws.dynamo.put({ ...leaseOf(aws), retry_not_before: noon.toISOString(), not_before: noon.toISOString() });
  await aws.wake(source);
  return aws;
}

function leaseOf(aws: DispatchScene) {
  const lease = aws.lease();
  if (!lease) throw new Error('no load has ever run');
  return lease;
}

export interface Printed {
  code: number;
  out: string;
  err: string;
}

export async function runsScene() {
  const aws = await story();
  const optionsOf = (output: Printed) => ({
    stackName: 'weather',
    json: false,
    stdout: { write: (text: string) => (output.out += text) },
    stderr: { write: (text: string) => (output.err += text) },
    ledger: aws.deps().ledger,
    connection: { ...stackScene({ source }).connection, s3: aws.deps().s3 } as never,
  });
  const list = async (more: Partial<RunsOptions> = {}): Promise<Printed> => {
    const output = { code: 0, out: '', err: '' };
    const code = await runRuns({ ...optionsOf(output), failed: false, limit: 20, now: noon, ...more });
    return { ...output, code };
  };
  const listed = async (more: Partial<RunsOptions> = {}): Promise<Run[]> =>
    (JSON.parse((await list({ ...more, json: true })).out) as { runs: Run[] }).runs;
  return {
    aws,
    list,
    /** Loads by the minute in which they were made. */
    idsOf: async (more: Partial<RunsOptions> = {}): Promise<string[]> =>
      (await listed(more)).map(({ kind, id, at }) => (kind === 'load' ? `load ${at.slice(11, 16)}` : id)),
    show: async (run: string, json = false): Promise<Printed> => {
      const output = { code: 0, out: '', err: '' };
      const code = await runShow({ ...optionsOf(output), json, run });
      return { ...output, code };
    },
    loads: (): string[] => aws.loads().map(({ load }) => load),
  };
}
