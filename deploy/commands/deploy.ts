import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError } from '../../pipeline/errors.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import { sourceKey, sourceText } from '../../pipeline/source/source-key.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { adoptRetained } from '../adopt-retained.ts';
import { ensureArtifactBucket } from '../artifact-bucket.ts';
import { buildArtifacts } from '../build-artifacts.ts';
import { checkParameters, warnOfShortAlarm } from '../check-parameters.ts';
import { connect, type Connection } from '../connect.ts';
import { deployStack, settleStack } from '../deploy-stack.ts';
import { describeStack, isPipeline, type StackReader } from '../describe-stack.ts';
import { judgeChanges } from '../judge-changes.ts';
import { openLedger } from '../open-ledger.ts';
import { makeAnew, planStillHolds, type MadeTable, type MakeDeps } from '../reprocess/make-anew.ts';
import { planReprocess, type Planned } from '../reprocess/plan-reprocess.ts';
import { readTemplate, type Template } from '../read-template.ts';
import { findMissingSecrets, secretArns } from '../source-secrets.ts';
import { checkNamesKept, checkStackName, retainedNames } from '../stack-names.ts';
import { hashedKey, uploadOnce } from '../upload-artifacts.ts';
import { readSourceFile, readText } from '../read-source-file.ts';

export interface DeployOptions {
  sourcePath: string;
  /** Default: the source's name. */
  stackName?: string | undefined;
  parameters: Record<string, string>;
  /** Overrides the source's `client.base_url`: a proxy, or a stand-in for the API. */
  baseUrl?: string | undefined;
  /** A last change of the compiled source, such as `npm start` makes. */
  adjust?: ((source: CompiledSource) => CompiledSource) | undefined;
  region?: string | undefined;
  profile?: string | undefined;
  /** A Python with pip, see `buildArtifacts`. */
  python?: string | undefined;
  /** Makes tables anew whose stored files cannot follow; without it such a source is refused. */
  reprocess?: Reprocess | undefined;
  onProgress: (line: string) => void;
}

export interface Reprocess {
  /** Shows what will be done; throws when the user does not want it. */
  confirm: (planned: readonly Planned[]) => Promise<void>;
}

export interface Deployed {
  stackName: string;
  changed: boolean;
  changes: string[];
  outputs: Record<string, string>;
  sourceKey: string;
  warnings: string[];
  /** Tables that were made anew. */
  reprocessed: MadeTable[];
  seconds: number;
}

export async function deploySource(options: DeployOptions): Promise<Deployed> {
  const began = performance.now();
  const { parameters, onProgress } = options;
  const template = readTemplate('pipeline.yaml');
  // Everything that can be wrong on this side is found before AWS is asked for anything.
  checkParameters(parameters, template.parameters);
  const { source, warnings } = await compile(options);
  const stackName = options.stackName ?? source.name.replaceAll('_', '-');
  checkStackName(stackName, parameters);
  const connection = await connect(options);
  const { account, region, cloudformation } = connection;
  checkStackName(stackName, parameters, connection);
  onProgress(`stack ${stackName} in account ${account}, region ${region}`);

  await checkOwnership(cloudformation, stackName);
  const found = await settleStack(cloudformation, stackName, onProgress);
  if (found) checkNamesKept(parameters, found);
  const { LedgerTable: derived } = retainedNames(stackName, parameters, connection);
  const ledger = openLedger(connection.dynamodb, found?.outputs['LedgerTable'] ?? derived);
  const { s3 } = connection;
  const judged = await judgeChanges({
    source,
    file: { name: options.sourcePath, text: (await readText(options.sourcePath)) ?? '' },
    found,
    ledger,
    s3,
    reprocess: options.reprocess !== undefined,
    onProgress,
  });
  const stagingBucket =
    found?.outputs['StagingBucket'] ?? retainedNames(stackName, parameters, connection).StagingBucket;
  const planned: Planned[] = [];
  for (const table of judged.tables) {
    planned.push(await planReprocess({ source, table, ledger, s3, stagingBucket, onProgress }));
  }
  if (planned.length > 0) await options.reprocess?.confirm(planned);
  const artifacts = await buildArtifacts({ python: options.python, onProgress });
  const bucket = await ensureArtifactBucket(connection, onProgress);
  const uploads = artifacts.map(({ parameter, path, body }) => ({
    parameter,
    key: hashedKey(path, body),
    body,
  }));
  const key = sourceKey(source);
  const files = [...uploads, { parameter: 'SourceKey', key, body: Buffer.from(sourceText(source)) }];
  for (const { key: name, body } of files) {
    if (await uploadOnce(connection.s3, bucket, { key: name, body })) onProgress(`uploaded ${name}`);
  }

  const { text, adopted } = found
    ? { text: template.text, adopted: [] }
    : await adoptRetained(
        template,
        { stackName, names: { ...retainedNames(stackName, parameters, connection) } },
        connection,
      );
  if (adopted.length > 0) onProgress(`adopting what an earlier stack has left: ${adopted.join(', ')}`);
  const deployed = await deployStack({
    cloudformation,
    stackName,
    template: await placeTemplate(text, bucket, connection),
    known: Object.keys(template.parameters),
    parameters: {
      ...parameters,
      ArtifactBucket: bucket,
      ...Object.fromEntries(files.map((file) => [file.parameter, file.key])),
      ...secretArns(source, connection),
    },
    tags: { catchwater: 'pipeline' },
    adopts: adopted.length > 0,
    onProgress,
  });
  const reprocessed = await reprocess(planned, { ledger, onProgress });
  const seconds = Math.round(performance.now() - began) / 1000;
  const inForce = { ...found?.parameters, ...parameters };
  const short = warnOfShortAlarm(inForce, template.parameters);
  const missing = await findMissingSecrets(source, connection);
  return {
    stackName,
    ...deployed,
    sourceKey: key,
    reprocessed,
    seconds,
    warnings: [...warnings, ...judged.warnings, ...(short === undefined ? [] : [short]), ...missing],
  };
}

async function reprocess(
  planned: readonly Planned[],
  { ledger, onProgress }: Pick<MakeDeps, 'ledger' | 'onProgress'>,
): Promise<MadeTable[]> {
  const current: Planned[] = [];
  for (const one of planned) current.push(await planStillHolds(one, ledger));
  return makeAnew(current, { ledger, onProgress, now: () => new Date(), sleep: (ms) => wait(ms) });
}

/** Before anything is done to a stack of that name. */
async function checkOwnership(cloudformation: StackReader, stackName: string): Promise<void> {
  const found = await describeStack(cloudformation, stackName);
  // A stack that was only ever planned has no tags yet.
  if (!found || found.status === 'REVIEW_IN_PROGRESS' || isPipeline(found)) return;
  throw new ConfigError(`the stack ${stackName} is not one of Catchwater's; give another name with --stack`);
}

async function compile({
  sourcePath,
  baseUrl,
  adjust = (source) => source,
}: DeployOptions): Promise<{ source: CompiledSource; warnings: string[] }> {
  const loaded = await readSourceFile(sourcePath);
  if (!loaded.ok) throw new ConfigError(formatProblems(loaded.problems).trimEnd());
  const warnings = loaded.warnings.map((warning) => formatProblems([warning]).trimEnd());
  if (baseUrl === undefined) return { source: adjust(loaded.source), warnings };
  if (!/^https?:\/\/[^/]+/.test(baseUrl)) {
    throw new ConfigError(`--base-url is '${baseUrl}': it must be a URL like http://127.0.0.1:8080/`);
  }
  const base_url = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  return { source: adjust({ ...loaded.source, client: { ...loaded.source.client, base_url } }), warnings };
}

/** CloudFormation takes this much in the request itself, more from S3. */
const inlineBytes = 51_200;

async function placeTemplate(
  text: Template['text'],
  bucket: string,
  { s3, region, partition }: Connection,
): Promise<{ body: string } | { url: string }> {
  if (Buffer.byteLength(text) <= inlineBytes) return { body: text };
  const body = Buffer.from(text);
  const key = hashedKey('templates/pipeline.yaml', body);
  await uploadOnce(s3, bucket, { key, body });
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { url: `https://s3.${region}.${domain}/${bucket}/${key}` };
}
