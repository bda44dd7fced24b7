import { gapId } from '../commands/gaps.ts';
import type { StackStatus } from './read-status.ts';
import { writeDuration } from './spell-time.ts';

/** For programs: what the screen says, in full. Times are ISO 8601, spans milliseconds. */
export function statusDocument({ stack, account, region, readAt, state, source, ledger }: StackStatus) {
  const {
    Cadence: cadence,
    CadenceTimeZone: timeZone,
    ScheduleState: schedule,
    SourceKey: key,
  } = state.parameters;
  return {
    schemaVersion: 1,
    stack,
    account,
    region,
    readAt: readAt.toISOString(),
    status: state.status,
    schedule: { cadence, timeZone, state: schedule },
    source: 'error' in source ? { key, error: source.error } : { key, name: source.value.name },
    ...('error' in ledger ? { error: ledger.error } : describeLedger(ledger.value)),
  };
}

function describeLedger({
  resources,
  gaps,
  ...rest
}: Extract<StackStatus['ledger'], { value: unknown }>['value']) {
  return {
    resources: resources.map(({ suggestion, ...resource }) => ({
      ...resource,
      ...(suggestion && { suggestion: { every: writeDuration(suggestion.everyMs), ...suggestion } }),
    })),
    ...rest,
    gaps: gaps.map((gap) => {
      const { resource, slice, from, to, found_at: found } = gap;
      return { gap: gapId(gap), resource, slice, from, to, found };
    }),
  };
}
