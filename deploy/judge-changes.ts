import { ConfigError } from '../pipeline/errors.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';
import { sourceKey } from '../pipeline/source/source-key.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';
import { compareSources } from '../pipeline/table/compare-sources.ts';
import { describeChanges, shortChange } from './describe-changes.ts';
import type { StackState } from './describe-stack.ts';
import { placeChanges, type PlacedChange } from './place-changes.ts';
import { readDeployed, type SourceStore } from './read-deployed.ts';

export interface JudgeOptions {
  source: CompiledSource;
  file: { name: string; text: string };
  /** Absent: it is to be made, though an earlier one may have left its ledger. */
  found: Pick<StackState, 'parameters'> | undefined;
  ledger: Ledger;
  s3: SourceStore;
  /** Tables whose stored files cannot follow are made anew. */
  reprocess: boolean;
  onProgress: (line: string) => void;
}

export interface Judged {
  warnings: string[];
  /** That are to be made anew. */
  tables: string[];
}

/**
 * What a deployment would mean for the data that are there: throws before anything is changed when the stored files
 * cannot follow, which the dispatcher would find out at night, unless their tables are to be made anew; answers warnings
 * for what will not reach stored rows.
 */
export async function judgeChanges(options: JudgeOptions): Promise<Judged> {
  const { source, file, found, ledger, s3, onProgress } = options;
  const { ArtifactBucket: bucket, SourceKey: key } = found?.parameters ?? {};
  const deployed = await readDeployed(source, { s3, bucket, key, ledger });
  // Without a stack there need not be a ledger either.
  if (found) {
    for (const note of deployed.notes) onProgress(`${note}; going on without comparing with it`);
  }
  const compared = compareSources({ before: deployed.source, after: source, stored: deployed.stored });
  const changes = placeChanges(compared, file);
  const refused = changes.filter(({ verdict }) => verdict === 'refused');
  const warned = changes.filter(({ verdict }) => verdict === 'needs reprocess');
  if (options.reprocess) {
    const tables = refused.map(({ table, resource }) => table ?? resource ?? '');
    // What an earlier command has begun is gone on with.
    const begun = deployed.stored?.building ?? [];
    return { tables: [...new Set([...tables, ...begun])], warnings: warned.map(describeWarning) };
  }
  // What is deployed already is not kept from getting another parameter.
  if (refused.length > 0 && key !== sourceKey(source)) {
    throw new ConfigError(
      `nothing was deployed: what is stored cannot follow this source\n\n${describeChanges(refused, file.name).trimEnd()}\n\n${remedy(file.name)}`,
    );
  }
  return { tables: [], warnings: [...refused, ...warned].map(describeWarning) };
}

function describeWarning(change: PlacedChange): string {
  return `${shortChange(change)}. ${change.means}`;
}

function remedy(file: string): string {
  return `catchwater deploy --source ${file} --reprocess deploys it and makes these tables anew: their raw responses are read again, the API is not called, queries read what they read now until the new files are whole.`;
}
