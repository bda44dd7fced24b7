import { count } from '../figures.ts';
import type { Check } from './check.ts';

/** In groups, each with the command to go on with, and at the end how many there are of each. */
export function describeChecks(checks: readonly Check[]): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    group,
    ...checks.filter((check) => check.group === group).flatMap(describeCheck),
  ]);
  const number = (state: Check['state']) => checks.filter((check) => check.state === state).length;
  const rest = [
    ...(number('FAIL') > 0 ? [`${number('FAIL')} failed`] : []),
    ...(number('WARN') > 0 ? [count(number('WARN'), 'warning')] : []),
  ];
  return [...lines, '', [`${number('OK')} fine`, ...rest].join(', ')].join('\n');
}

function describeCheck({ state, what, fix }: Check): string[] {
  return [`  ${state.padEnd(4)}  ${what}`, ...(fix === undefined ? [] : [`        → ${fix}`])];
}
