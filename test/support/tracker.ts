/** A tracker of issues with much of what the source language is for, and the source file for it. */
import { randomBytes } from 'node:crypto';
import type { Answer, Handler, Question } from '../conformance/api-server.ts';

export interface Issue {
  id: number;
  state: string;
  created_at: string;
  updated_at: string;
  author: { mail: string };
  labels: { name: string }[];
  pull_request?: object;
}

export const trackerSource = `version: 1
name: tracker
client:
  base_url: '{api}/'
  max_attempts: 2
  max_waiting_time: PT2S
  auth: { type: aws_sigv4, service: execute-api, region: eu-central-1 }
resource_defaults: { primary_key: id, partition_by: none }
resources:
  - name: issues
    endpoint:
      path: issues
      params: { since: '{incremental.start_value}' }
      paginator: header_link
    incremental: { cursor_path: $.updated_at, initial_value: '2025-01-01' }
    columns:
      id: bigint
      state: string
      author: { type: string, from: $.author.mail, hash: { secret: tracker-salt } }
      created_at: timestamp
      updated_at: timestamp
    include_when: record->'pull_request' IS NULL
    delete_when: state = 'deleted'
    order_by: updated_at
    event_time: { column: created_at, immutable: true }
    partition_by: month
    child_tables:
      - name: labels
        records: $.labels
        columns: { issue_id: { type: bigint, from_parent: $.id }, name: string }
        primary_key: [issue_id, name]
        partition_by: none
  - name: comments
    for_each: { issue: { resource: issues } }
    endpoint: { path: 'issues/{issue.id}/comments' }
    columns: { id: bigint, issue: { type: bigint, value: '{issue.id}' } }
  - name: forecast
    for_each:
      city:
        values: [{ name: Oslo, lat: 60 }, { name: Rome, lat: 42 }, { name: Lima, lat: -12 }]
        group: 2
        match: position
    on_slice_error: skip_and_report
    endpoint: { path: forecast, params: { lat: '{city.lat}' } }
    data_selector: $.hourly
    shape: columns
    columns:
      city: { type: string, value: '{city.name}' }
      time: { type: timestamp, unit: s }
      temperature: double
    primary_key: [city, time]
    event_time: time
    partition_by: day
  - name: events
    endpoint: { path: events, params: { after: '{incremental.start_value}' }, paginator: page_number }
    incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }
    columns: { id: bigint }
  - name: feed
    endpoint: { path: feed, paginator: page_number }
    columns: { id: bigint }
  - name: archive
    endpoint: { path: archive }
    columns: { id: bigint, content: string }
  - name: rates
    endpoint: { path: rates, conditional: true }
    columns: { id: bigint }
  - name: readings
    endpoint: { path: readings, params: { from: '{incremental.start_value}' } }
    incremental: { cursor_path: $.at, initial_value: '2025-01-01', api_retention: P1D }
    columns: { id: bigint, at: timestamp }
`;

/** On the n-th day of 2025. */
export function dayOf(number: number): string {
  return new Date(Date.UTC(2025, 0, number)).toISOString().replace('.000', '');
}

/** Made on a day of its own, by one of two people. */
export function makeIssue(id: number, more: Partial<Issue> = {}): Issue {
  return {
    id,
    state: 'open',
    created_at: dayOf(id * 20),
    updated_at: dayOf(id * 20),
    author: { mail: `${id % 2}@example.com` },
    labels: [{ name: 'new' }, { name: `of ${id}` }],
    ...more,
  };
}

/** What it serves is what these lists hold at that moment. */
export interface Tracker {
  issues: Issue[];
  events: number[];
  readings: { id: number; at: string }[];
  /** What it does instead, once or always. */
  instead: (question: Question) => Answer | undefined;
  answer: Handler;
}

const pageSize = 2;
/** Some 20 MB of text that gzip makes 15 of: more than is buffered, and than one part of an upload. */
export const archived = 5_000;
const contentBytes = 3_000;

export function createTracker(): Tracker {
  const tracker: Tracker = {
    issues: [],
    events: [],
    readings: [],
    instead: () => undefined,
    answer: (question) =>
      refuseUnsigned(question) ??
      tracker.instead(question) ??
      answers[question.path]?.(question) ??
      comments(question),
  };
  const answers: Record<string, Handler> = {
    '/issues': ({ query }) => {
      const since = query.get('since') ?? '';
      const page = Number(query.get('page') ?? 1);
      const found = tracker.issues
        .filter(({ updated_at: time }) => time >= since)
        .toSorted((one, other) => (one.updated_at < other.updated_at ? -1 : 1));
      const next = `<{api}/issues?since=${since}&page=${page + 1}>; rel="next"`;
      const headers = found.length > page * pageSize ? { headers: { link: next } } : {};
      return { json: pageOf(found, page), ...headers };
    },
    '/events': ({ query }) => {
      const after = Number(query.get('after'));
      return {
        json: pageOf(
          tracker.events.filter((id) => id >= after),
          Number(query.get('page')),
        ).map((id) => ({ id })),
      };
    },
    '/readings': ({ query }) => ({
      json: tracker.readings.filter(({ at }) => at >= (query.get('from') ?? '')),
    }),
    // Without an end, unless `instead` puts one.
    '/feed': ({ query }) => ({ json: [{ id: Number(query.get('page')) }] }),
    '/archive': () => ({
      json: Array.from({ length: archived }, (_, id) => ({
        id,
        content: randomBytes(contentBytes).toString('base64'),
      })),
    }),
    '/rates': ({ headers }) =>
      headers['if-none-match'] === '"v1"'
        ? { status: 304 }
        : { json: [{ id: 1 }], headers: { etag: '"v1"' } },
    '/forecast': ({ query }) => {
      const places = (query.get('lat') ?? '').split(',').map((lat) => ({
        hourly: { time: [1_760_000_400, 1_760_004_000], temperature: [Number(lat), Number(lat) + 0.5] },
      }));
      return { json: places.length === 1 ? places[0] : places };
    },
  };
  return tracker;
}

/** Only a role has a session token. */
function refuseUnsigned({ headers }: Question): Answer | undefined {
  const { authorization = '', 'x-amz-security-token': token = '' } = headers;
  const isSigned = authorization.startsWith('AWS4-HMAC-SHA256 ') && token !== '';
  return isSigned ? undefined : { status: 403, text: 'not signed by a role' };
}

function comments({ path }: Question): Answer {
  const [, issue] = /^\/issues\/(\d+)\/comments$/.exec(path) ?? [];
  return issue === undefined
    ? { status: 418, text: `the tracker has no ${path}` }
    : { json: [{ id: Number(issue) * 10 }, { id: Number(issue) * 10 + 1 }] };
}

function pageOf<Item>(items: Item[], page: number): Item[] {
  return items.slice((page - 1) * pageSize, page * pageSize);
}
