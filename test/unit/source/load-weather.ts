import type { CheckSql } from '../../../pipeline/source/check/check-expressions.ts';
import { loadSource, type LoadedSource } from '../../../pipeline/source/load-source.ts';

/** A source without a fault, for tests that change one thing. */
export const weather = `version: 1
name: weather
client:
  base_url: https://api.example.com/v1/
resources:
  - name: readings
    for_each: { city: { file: cities.csv } }
    endpoint:
      path: readings/{city.name}
      params: { lat: '{city.lat}', limit: 5 }
    data_selector: $.data
    columns:
      city: { type: string, value: '{city.name}' }
      time: { type: timestamp, unit: s }
      temperature: double
    primary_key: [city, time]
    event_time: time
`;

/** Another, with pages, a second resource, windows, rules for columns and a child table. */
export const tracker = `version: 1
name: tracker
client:
  base_url: https://api.example.com/v1/
  auth: { type: bearer, token: { secret: tracker-token } }
  api_budget: { name: tracker, policies: [{ limit: 600, per: PT1M }] }
  response_filters: [{ status: 410, action: ignore }]
resources:
  - name: projects
    endpoint: { path: projects, paginator: header_link }
    columns: { id: bigint, title: string }
    primary_key: id
    partition_by: none
  - name: issues
    for_each: { project: { resource: projects } }
    endpoint:
      path: projects/{project.id}/issues
      method: POST
      json: { since: '{incremental.start_value}', until: '{incremental.end_value}' }
      paginator: { type: cursor, cursor_path: $.next, cursor_body_path: $.after, page_size: 50, page_size_body_path: $.size }
    incremental: { cursor_path: $.updated_at, initial_value: '2024-01-01', bounds: half_open }
    data_selector: $.issues
    columns:
      id: bigint
      project_id: { type: bigint, value: '{project.id}' }
      state: { type: string, in: [open, closed], on_fail: warn }
      points: double
      score: { type: double, expression: points * 2, min: 0, max: 10 }
      email: { type: string, from: $.author.email, hash: { secret: author-key } }
      created_at: timestamp
      updated_at: timestamp
    include_when: state IS NOT NULL
    primary_key: id
    order_by: updated_at
    event_time: { column: created_at, immutable: true }
    partition_by: month
    child_tables:
      - name: labels
        records: $.labels
        columns: { issue_id: { type: bigint, from_parent: $.id }, name: string }
        primary_key: [issue_id, name]
        partition_by: none
`;

const files: Record<string, string> = {
  'cities.csv': '\uFEFFname,lat,lon\nBerlin,52.52,13.41\nOslo,59.91,10.75\n',
  'places/cities.json': '\uFEFF[{ "name": "Berlin", "lat": 52.52 }, { "name": "Oslo", "lat": 59.91 }]',
  'empty.csv': '',
  'header.csv': 'name,lat\n',
  'ragged.csv': 'name,lat\nBerlin,52.52\nNew York, NY,40.71\n',
  'semicolons.csv': 'name;lat\nBerlin;52\n',
  'stations.json': JSON.stringify(Array.from({ length: 6000 }, (_, index) => index)),
  'gaps.csv': 'name,lat\nBerlin,52.52\n,59.91\n',
  'broken.json': '[{ "name": "Berlin" },\n { "name": }',
  'nested.json': '[{ "name": "Berlin", "lat": 1 },\n { "name": { "en": "Oslo" }, "lat": 2 }]',
  'object.json': '{ "name": "Berlin" }',
};

export const november = new Date('2026-11-21T10:05:00Z');

function readFile(name: string): Promise<string | undefined> {
  return Promise.resolve(Object.hasOwn(files, name) ? files[name] : undefined);
}

export function loadText(text: string, checkSql?: CheckSql): Promise<LoadedSource> {
  const options = { name: 'sources/weather.yaml', text, readFile, now: november };
  return loadSource({ ...options, ...(checkSql && { checkSql }) });
}

/** `weather` with one text replaced; the text must be there. */
export function changed(from: string, to: string, text = weather): string {
  if (!text.includes(from)) throw new Error(`the source has no '${from}'`);
  return text.replace(from, () => to);
}
