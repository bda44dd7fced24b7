import { stringify } from 'yaml';
import type { GuessedColumn } from './guess-columns.ts';
import type { SourceDraft } from './draft-source.ts';

const widest = 100;

/** The draft as the text of a source file; each guess has its reason beside it. */
export function writeDraft(draft: SourceDraft): string {
  const { auth } = draft;
  const lines = [
    '# yaml-language-server: $schema=./source.schema.json',
    '# Written by `catchwater init` from one response. What is a guess says so: read it once, then',
    '#   catchwater check FILE      and      catchwater preview FILE',
    ...(auth ? [`# The key is kept under a name, never here: catchwater secret set ${auth.secret}`] : []),
    'version: 1',
    `name: ${draft.name}`,
    '',
    'client:',
    `  base_url: ${scalar(draft.baseUrl)}`,
    ...mapping('  headers', draft.headers),
    ...(auth ? [`  auth: ${authText(draft)}`] : []),
    '',
    'resources:',
    `  - name: ${draft.resource}`,
    '    endpoint:',
    `      path: ${scalar(draft.path)}`,
    ...mapping('      params', escaped(draft.params)),
    ...pagingLines(draft),
    noted(`    data_selector: ${scalar(draft.selector.path)}`, draft.selector.reason),
    `    shape: ${draft.selector.shape}`,
    '    columns:',
    ...draft.columns.map(columnLine),
    ...(draft.lists.length > 0 ? [`      # Lists stay in _extra: ${draft.lists.join(', ')}`] : []),
    ...(draft.selector.shape === 'map'
      ? ['      # The names of the records: give them a column with from_key: true']
      : []),
    ...keyLines(draft),
    ...timeLines(draft),
  ];
  return `${lines.join('\n')}\n`;
}

function pagingLines({ paging, records, selector }: SourceDraft): string[] {
  if (paging) return [noted(`      paginator: ${flow(paging.paginator)}`, paging.reason)];
  if (selector.shape !== 'list' || ![10, 20, 25, 30, 50, 100, 200, 250, 500, 1000].includes(records))
    return [];
  return [
    `      # ${records} records, a round number: is this the first of several pages? Then name a paginator.`,
  ];
}

function columnLine(column: GuessedColumn): string {
  const { name, type, from, unit, timezone, reason } = column;
  const long = { type, ...(from && { from }), ...(unit && { unit }), ...(timezone && { timezone }) };
  const text = from || unit || timezone ? flow(long) : scalar(type);
  return noted(`      ${name}: ${text}`, reason);
}

function keyLines({ key, records }: SourceDraft): string[] {
  if (key && records > 1) return [noted(`    primary_key: ${flow(key.names)}`, key.reason)];
  if (key)
    return [
      noted(
        `    primary_key: ${flow(key.names)}`,
        'by its name; one record cannot show whether it identifies',
      ),
    ];
  return [
    '    # No field tells the records apart: without a primary_key every row of every response is kept.',
  ];
}

function timeLines({ eventTime, key }: SourceDraft): string[] {
  if (eventTime && (key?.names.includes(eventTime.name) === true || !key)) {
    const alone = key ? [] : [`    # A row's time must never change, or be part of its key: say which.`];
    const text = key ? eventTime.name : flow({ column: eventTime.name, immutable: true });
    return [...alone, noted(`    event_time: ${text}`, eventTime.reason), '    partition_by: hour'];
  }
  if (eventTime?.created === true) {
    const text = flow({ column: eventTime.name, immutable: true });
    return [noted(`    event_time: ${text}`, eventTime.reason), '    partition_by: day'];
  }
  if (key) {
    const why = eventTime
      ? `'${eventTime.name}' may change, and a row must not move: one file, or name a time that never changes`
      : 'no time in the records: the table is what is known now';
    return [noted('    partition_by: none', why)];
  }
  return [
    noted('    event_time: _scheduled_at', 'no time in the records: each fetch is a snapshot'),
    '    partition_by: hour',
  ];
}

function authText({ auth }: SourceDraft): string {
  if (!auth) return '';
  if (auth.type === 'bearer') return flow({ type: 'bearer', token: { secret: auth.secret } });
  return flow({
    type: auth.type,
    name: auth.name,
    location: auth.location,
    api_key: { secret: auth.secret },
  });
}

/** Braces of a value are literal ones in a template. */
function escaped(params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value.replaceAll(/[{}]/g, '$&$&')]),
  );
}

function mapping(key: string, values: Record<string, string>): string[] {
  const entries = Object.entries(values);
  const indent = /^ */.exec(key)?.[0] ?? '';
  return entries.length === 0
    ? []
    : [`${key}:`, ...entries.map(([name, value]) => `${indent}  ${scalar(name)}: ${scalar(value)}`)];
}

function noted(line: string, reason: string | undefined): string {
  if (reason === undefined) return line;
  const oneLine = `${line} # ${reason}`;
  if (oneLine.length <= widest) return oneLine;
  return `${/^ */.exec(line)?.[0] ?? ''}# ${reason}\n${line}`;
}

function scalar(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function flow(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
  return Array.isArray(value) ? text.replace(/^\[ (.*) \]$/, '[$1]') : text;
}
