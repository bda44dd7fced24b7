/** What is well with a stack and what is not. */
import { sourceKey } from '../../pipeline/source/source-key.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { gapId } from '../commands/gaps.ts';
import { count } from '../figures.ts';
import { judgeEach, type Check } from './check.ts';
import { judgeFetches } from './judge-fetches.ts';
import { judgeLoads } from './judge-loads.ts';
import { judgeStock } from './judge-stock.ts';
import { limitsOf } from './limits.ts';
import type { StackStatus } from './read-status.ts';

/** What a source file says now. */
export interface SourceFile {
  path: string;
  source: CompiledSource;
}

export function diagnose(status: StackStatus, file?: SourceFile): Check[] {
  const { stack, region, readAt: now, state, source, ledger } = status;
  const limits = limitsOf(state);
  const { FetchLogGroup, DispatchLogGroup, StagingBucket = '' } = state.outputs;
  const tail = (group = '') => `aws logs tail ${group} --since 3h --region ${region}`;
  const checks: Check[] = [
    judgeStack(status),
    judgeLedger(status),
    judgeSource(status, file),
    judgeSchedule(status, limits.isScheduled),
  ];
  if ('error' in ledger) return checks;
  const { resources, gaps } = ledger.value;
  return [
    ...checks,
    ...('error' in source ? [] : judgeFetches({ resources, limits, now, logs: tail(FetchLogGroup) })),
    ...judgeEach({ group: 'source', name: 'gaps' }, gaps.slice(0, 1), {
      judge: (first) => ({
        state: 'FAIL',
        what: `${count(gaps.length, 'gap')}: the API had forgotten what was not fetched yet (${first.resource}, ${first.from} to ${first.to}); once seen, catchwater ack ${gapId(first)} --stack ${stack}`,
        fix: `catchwater gaps --stack ${stack}`,
      }),
      fine: 'no gap is open',
    }),
    ...judgeLoads({
      ledger: ledger.value,
      limits,
      now,
      stack,
      logs: tail(DispatchLogGroup),
      quarantine: `aws s3 ls s3://${StagingBucket}/quarantine/ --recursive --region ${region}`,
    }),
    judgeStock(ledger.value.rawObjects, {
      now,
      logs: `aws logs tail ${DispatchLogGroup ?? ''} --since 30d --filter-pattern '"raw objects missing"' --region ${region}`,
      markers: `aws s3api list-object-versions --bucket ${StagingBucket} --prefix raw/ --query 'DeleteMarkers[?IsLatest]' --region ${region}`,
    }),
  ];
}

function judgeStack({ stack, account, region, state }: StackStatus): Check {
  const { status, reason } = state;
  const about = { group: 'account', name: 'stack' } as const;
  const what = `stack ${stack}, account ${account}, region ${region}: ${status}`;
  const why = reason === '' ? '' : `, ${reason}`;
  if (status.endsWith('ROLLBACK_COMPLETE'))
    return { ...about, state: 'WARN', what: `${what}${why}: the last deploy was taken back` };
  if (status.endsWith('FAILED')) return { ...about, state: 'FAIL', what: `${what}${why}` };
  if (status.endsWith('IN_PROGRESS')) return { ...about, state: 'WARN', what };
  return { ...about, state: 'OK', what };
}

function judgeLedger({ ledger }: StackStatus): Check {
  const about = { group: 'account', name: 'ledger' } as const;
  return 'value' in ledger
    ? { ...about, state: 'OK', what: `ledger ${ledger.table} answers` }
    : { ...about, state: 'FAIL', what: `ledger ${ledger.table} cannot be read: ${ledger.error}` };
}

function judgeSource({ stack, state, source: deployed }: StackStatus, file?: SourceFile): Check {
  const about = { group: 'source', name: 'source' } as const;
  const key = state.parameters['SourceKey'] ?? '';
  if ('error' in deployed)
    return { ...about, state: 'FAIL', what: `${key} cannot be read: ${deployed.error}` };
  if (!file) return { ...about, state: 'OK', what: `${key} can be read` };
  const { path, source } = file;
  const fine = `${key} is what ${path} says`;
  if (sourceKey(source) === key) return { ...about, state: 'OK', what: fine };
  const { base_url } = deployed.value.client;
  if (sourceKey({ ...source, client: { ...source.client, base_url } }) === key)
    return { ...about, state: 'OK', what: `${fine}, with the base_url ${base_url}` };
  const what = `${key} is not what this program makes of ${path}`;
  return { ...about, state: 'FAIL', what, fix: `catchwater check ${path} --against ${stack}` };
}

function judgeSchedule({ state }: StackStatus, isScheduled: boolean): Check {
  const about = { group: 'source', name: 'schedule' } as const;
  const cadence = state.parameters['Cadence'] ?? '';
  return isScheduled
    ? { ...about, state: 'OK', what: `schedule ${cadence} is on` }
    : {
        ...about,
        state: 'WARN',
        what: `schedule ${cadence} is off: nothing is fetched (ScheduleState=ENABLED puts it on)`,
      };
}
