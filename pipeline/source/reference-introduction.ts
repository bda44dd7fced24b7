/** Checked by a test, like every source. */
export const exampleSource = `version: 1
name: weather
client:
  base_url: https://api.open-meteo.com/v1/
resources:
  - name: hourly_weather
    every: PT1H
    for_each:
      city: [{ name: Berlin, lat: 52.52, lon: 13.41 }, { name: Oslo, lat: 59.91, lon: 10.75 }]
    endpoint:
      path: forecast
      params:
        latitude: '{city.lat}'
        longitude: '{city.lon}'
        hourly: temperature_2m
        timeformat: unixtime
        past_hours: 24
    data_selector: $.hourly
    shape: columns
    columns:
      city: { type: string, value: '{city.name}' }
      time: { type: timestamp, unit: s }
      temperature_2m: double
    primary_key: [city, time]
    event_time: time
`;

/** Checked too: what the first one does not need. */
export const pagedSource = `version: 1
name: tracker
client:
  base_url: https://api.example.com/v2/
  auth: { type: bearer, token: { secret: tracker-token } }
  paginator: header_link
  api_budget: { name: tracker, policies: [{ limit: 5000, per: PT1H }] }
  response_filters: [{ status: 410, action: ignore }]
resources:
  - name: projects
    every: P1D
    reconcile: { every: P7D, delete_missing: true }
    endpoint: { path: projects }
    columns: { id: bigint, title: string }
    primary_key: id
    partition_by: none
  - name: issues
    for_each: { project: { resource: projects } }
    on_slice_error: skip_and_report
    endpoint:
      path: projects/{project.id}/issues
      params: { updated_since: '{incremental.start_value}' }
    incremental: { cursor_path: $.updated_at, initial_value: '2025-01-01', lookback_window: PT5M }
    columns:
      id: bigint
      project_id: { type: bigint, value: '{project.id}' }
      state: { type: string, in: [open, closed], on_fail: warn }
      author: { type: string, from: $.author.email, hash: { secret: author-key } }
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

export const introduction = `# The source file

One YAML file describes an API, its resources and their tables. \`catchwater check FILE\` says what is wrong with it, and where.
This page is generated from the schema (\`catchwater schema\`); editors complete and check against the same one when the file
begins with \`# yaml-language-server: $schema=./source.schema.json\`.

\`\`\`yaml
${exampleSource}\`\`\`

With pages, a second resource for each record of the first, and what is new since the last fetch alone:

\`\`\`yaml
${pagedSource}\`\`\`

**Templates.** \`{city.lat}\` stands for a field of the current element of \`for_each\`, \`{station}\` for the element itself when
it is a scalar. \`{incremental.start_value}\`, \`{incremental.end_value}\`, \`{incremental.initial_value}\` and
\`{incremental.last_value}\` stand for the window that is asked for. A literal brace is doubled: \`{{\`, \`}}\`. A text that starts
with \`{\` needs quotes in YAML.

**Paths.** \`$\` is the whole value, \`$.a.b\` a field in a field, \`$['odd name']\` a field with any name, \`$.list[0]\` an element of
a list. A path finds one value or nothing; there are no wildcards and no filters. In \`{ }\` a path with \`[\` needs quotes.

**Durations** are ISO 8601: \`PT30S\`, \`PT15M\`, \`PT1H\`, \`P1D\`. Months and years differ in length: only windows (\`step\`,
\`lookback_window\`), \`initial_value\` and the \`step\` of a range of dates may have them.

**SQL** (\`expression\`, \`include_when\`, \`delete_when\`) is DuckDB's, one expression over the columns by name, and \`record\`, the
record as JSON; \`catchwater check\` tries it.

**Every table** also has \`_extra\` (JSON of the fields that the contract does not name), \`_scheduled_at\`, \`_fetched_at\`, \`_object\`,
\`_line\` and \`_row\`: lineage to the raw response. \`primary_key\`, \`event_time\` and \`order_by\` may name \`_scheduled_at\`.

**Several resources, one table.** A resource with \`every: once\` lists what is there, a second one with its table as
\`table_name\` brings what has changed since; \`order_by\` names a time that both have, so that a late event never undoes a
newer row, and \`delete_when\` of either removes rows of both. \`sources/stripe.yaml\` does so.

**What vanishes at the source.** Most APIs do not say that a row is gone: it is no longer in the list. \`reconcile\` lists
everything anew from time to time; with \`delete_missing: true\` the rows that were fetched before, and are not in that list,
leave the table once the list has landed as a whole. Where several resources feed the table, rows of all of them. Nothing is
deleted by a list that is empty, that an element of \`for_each\` was left out of, or that has rows in quarantine. Records that
\`incremental\` would not ask for, such as those older than \`initial_value\`, are not listed either. Let the API list in an order
that does not change while pages are read: by creation, not by the latest change.

**Rows that move.** The \`event_time\` of an entity may change, as a due date does. With \`moving_keys: true\` its row moves to the
new partition, and one copy of it is left.

**Not in this version**, and refused by name: \`change_feed\`, \`partition_by: minute\` or by other columns,
\`write_disposition: replace\` and \`append\`.
`;
