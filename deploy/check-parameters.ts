import { ConfigError } from '../pipeline/errors.ts';
import { didYouMean } from '../pipeline/source/nearest-name.ts';
import type { TemplateParameter } from './read-template.ts';

/** What deploy itself fills in. */
export const ownParameters = [
  'ArtifactBucket',
  'DispatchCodeKey',
  'FetchCodeKey',
  'GlueLibraryKey',
  'GlueScriptKey',
  'GlueWheelsKey',
  'RotatingSecretArns',
  'SecretArns',
  'SecretParameterArns',
  'SourceKey',
];

/** Checks stack parameters against the template's own constraints, before anything is created; names every fault. */
export function checkParameters(
  given: Record<string, string>,
  known: Record<string, TemplateParameter>,
): void {
  const settable = Object.keys(known).filter((name) => !ownParameters.includes(name));
  const faults = Object.entries(given).flatMap(([name, value]) => {
    const parameter = known[name];
    if (!parameter) return [`the template has no parameter '${name}'${didYouMean(name, settable)}`];
    if (ownParameters.includes(name)) return [`deploy fills in ${name} itself; leave it out`];
    const fault = findFault(value, parameter) ?? findZoneFault(name, value);
    return fault === undefined ? [] : [`${name} is '${value}': ${fault}`];
  });
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
}

function findFault(value: string, parameter: TemplateParameter): string | undefined {
  const { Type, AllowedPattern, AllowedValues, MinValue, MaxValue, ConstraintDescription } = parameter;
  if (AllowedValues && !AllowedValues.some((allowed) => String(allowed) === value)) {
    return `it must be one of ${AllowedValues.join(', ')}${didYouMean(value, AllowedValues.map(String))}`;
  }
  // CloudFormation wants the pattern to cover the whole value.
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    return `it must be ${ConstraintDescription ?? `like ${AllowedPattern}`}`;
  }
  if (Type !== 'Number') return undefined;
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) return 'it must be a number';
  if (number < (MinValue ?? -Infinity) || number > (MaxValue ?? Infinity)) {
    return `it must lie between ${MinValue} and ${MaxValue}`;
  }
  return undefined;
}

/** A pattern cannot know the zones that there are. */
function findZoneFault(name: string, value: string): string | undefined {
  if (name !== 'CadenceTimeZone') return undefined;
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }) && undefined;
  } catch {
    return `there is no such time zone${didYouMean(value, Intl.supportedValuesOf('timeZone'))}`;
  }
}

const hours = { minute: 1 / 60, hour: 1, day: 24 };

/** A heartbeat alarm that is shorter than two beats goes off between them; only rate() says how far they are apart. */
export function warnOfShortAlarm(
  given: Record<string, string>,
  known: Record<string, TemplateParameter>,
): string | undefined {
  const valueOf = (name: string): string => given[name] ?? String(known[name]?.Default ?? '');
  const rate = /^rate\((?<count>\d+) (?<unit>minute|hour|day)s?\)$/.exec(valueOf('Cadence'))?.groups;
  if (!rate) return undefined;
  const beat = Number(rate['count']) * hours[rate['unit'] as keyof typeof hours];
  const batch = Number(valueOf('BatchWindowMinutes')) / 60;
  const needed = Math.ceil(2 * beat + batch);
  const stale = Number(valueOf('StaleAfterHours'));
  if (stale >= needed) return undefined;
  return `StaleAfterHours is ${stale}, shorter than two beats of ${valueOf('Cadence')} and the batch window: the alarms 'nothing landed' and 'data stale' will go off between beats; deploy with StaleAfterHours=${Math.min(needed, 168)}`;
}
