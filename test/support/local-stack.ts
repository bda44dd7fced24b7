/** A pipeline deployed into the shared local AWS through the real command line, with its own sample API. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { startSampleApi, type SampleApi } from '../../local/sample-api/start-sample-api.ts';
import type { FetchItem, LoadItem } from '../../pipeline/ledger/items.ts';
import { runCli, runCliJson } from './run-cli.ts';
import { sharedLocalAws } from './shared-local-aws.ts';

export interface Clients {
  s3: S3Client;
  glue: GlueClient;
  lambda: LambdaClient;
  cloudformation: CloudFormationClient;
  ledger: DynamoDBDocumentClient;
}

export interface LocalStack {
  name: string;
  environment: Record<string, string>;
  outputs: Record<string, string>;
  api: SampleApi;
  clients: Clients;
  /** Deploys again with other parameters; gives what the command printed. */
  deploy(parameters: string[]): Promise<DeployDocument>;
  /** Invokes the fetch function as a user would, for all resources or these; `error` is what it threw. */
  fetch(scheduledAt: string, resources?: string[]): Promise<{ error?: string }>;
  /** Wakes the dispatcher once. */
  wake(): Promise<void>;
  loads(): Promise<LoadItem[]>;
  fetches(resource: string): Promise<FetchItem[]>;
  /** Wakes the dispatcher until there is something to be found; gives that. Two minutes, unless said otherwise. */
  until<Found>(look: () => Promise<Found | undefined>, minutes?: number): Promise<Found>;
  /** Wakes the dispatcher until a load newer than those of `known` has reached `state`. */
  untilLoad(state: LoadItem['state'], known?: string[]): Promise<LoadItem>;
  /** Wakes the dispatcher until closed loads have taken this many objects; gives those loads. */
  untilLoaded(objects: number): Promise<LoadItem[]>;
  destroy(): Promise<void>;
}

export interface DeployDocument {
  changed: boolean;
  outputs: Record<string, string>;
}

const minute = 60_000;

/** Of a client of the local AWS. */
export function configOf(environment: Record<string, string>) {
  return {
    endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

export function clientsOf(environment: Record<string, string>): Clients {
  const config = configOf(environment);
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    glue: new GlueClient(config),
    lambda: new LambdaClient(config),
    cloudformation: new CloudFormationClient(config),
    ledger: DynamoDBDocumentClient.from(new DynamoDBClient(config)),
  };
}

/**
 * The schedule is off unless `parameters` says otherwise: the test decides when to fetch. `baseUrl`: of another API than
 * the sample API.
 */
export async function deployLocalStack(
  options: { source?: string; baseUrl?: string; now?: () => Date; parameters?: string[] } = {},
): Promise<LocalStack> {
  const { source = 'sources/open-meteo.yaml', parameters = [] } = options;
  const { environment } = await sharedLocalAws();
  const api = await startSampleApi(options.now ? { now: options.now } : {});
  const name = `e2e-${randomBytes(4).toString('hex')}`;
  const clients = clientsOf(environment);
  const { baseUrl = `${api.url}/v1/` } = options;
  const base = ['deploy', '--source', source, '--stack', name, '--base-url', baseUrl];
  const deploy = (more: string[]) => runCliJson<DeployDocument>([...base, ...more], environment);
  const first = await deploy(['ScheduleState=DISABLED', 'BatchWindowMinutes=0', ...parameters]).catch(
    async (error: unknown) => {
      // Nobody could stop it later, and it would keep the process alive.
      await api.stop();
      throw error;
    },
  );
  const { outputs } = first;
  const output = (key: string): string => outputs[key] ?? '';

  const query = async <Item>(pk: string): Promise<Item[]> => {
    const answer = await clients.ledger.send(
      new QueryCommand({
        TableName: output('LedgerTable'),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
      }),
    );
    return (answer.Items ?? []) as Item[];
  };
  const invoke = async (functionName: string, event: unknown): Promise<string | undefined> => {
    const answer = await clients.lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
    );
    return answer.FunctionError ? Buffer.from(answer.Payload ?? []).toString() : undefined;
  };
  const wake = async (): Promise<void> => {
    const error = await invoke(output('DispatchFunction'), { tick: true });
    if (error) throw new Error(`the dispatcher failed: ${error}`);
  };
  const loads = () => query<LoadItem>('LOAD');
  const until = async <Found>(look: () => Promise<Found | undefined>, minutes = 2): Promise<Found> => {
    const end = Date.now() + minutes * minute;
    for (;;) {
      await wake();
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end)
        throw new Error(`not within ${minutes} minutes; the loads: ${JSON.stringify(await loads())}`);
      await wait(500);
    }
  };

  return {
    name,
    environment,
    outputs,
    api,
    clients,
    deploy,
    async fetch(scheduledAt, resources) {
      const error = await invoke(output('FetchFunction'), { scheduledAt, resources });
      return error === undefined ? {} : { error };
    },
    wake,
    loads,
    until,
    fetches: async (resource) =>
      (await query<FetchItem>(`FETCH#${resource}#all`)).filter((item) => item.sk.startsWith('AT#')),
    untilLoad: (state, known = []) =>
      until(async () => (await loads()).find((load) => !known.includes(load.load) && load.state === state)),
    untilLoaded: (objects) =>
      until(async () => {
        const closed = (await loads()).filter((load) => load.state === 'closed');
        return closed.reduce((sum, load) => sum + load.objects, 0) >= objects ? closed : undefined;
      }),
    async destroy() {
      await api.stop();
      await runCli(['destroy', '--stack', name, '--yes', '--purge-data'], { environment });
    },
  };
}
