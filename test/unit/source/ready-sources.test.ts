/** The ready-made sources: checked as a user's, and their tables filled from recorded (or look-alike) responses. */
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readText } from '../../../deploy/read-source-file.ts';
import { loadSourceFile } from '../../../pipeline/source/load-source-file.ts';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import type { CompiledResource, CompiledSource, Slice } from '../../../pipeline/source/source.ts';
import { renderParameter, renderPath } from '../../../pipeline/source/template.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
import { november } from './load-weather.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('sources/open-meteo.yaml', () => {
  it('asks for 24 hours of each city in cities.csv', async () => {
    const { source, resource } = await load('open-meteo');
    expect(source.attribution).to.include('CC BY 4.0').and.include('non-commercial');
    expect(resource.slices).to.have.length(8);
    expect(requestOf(source, resource, resource.slices[3])).to.include({
      url: 'https://api.open-meteo.com/v1/forecast',
      latitude: '-23.55',
      longitude: '-46.63',
      timeformat: 'unixtime',
      past_hours: '24',
      forecast_hours: '0',
    });
  });

  it('makes a row of each hour, in the partition of its UTC hour, across the change to summer time', async () => {
    const { resource } = await load('open-meteo');
    const recorded = await sample('open-meteo/dst_spring_forward_aarhus.json');
    const { rows, rejects } = await fill(resource, [
      { slice: { city: { name: 'Aarhus', lat: '56.16', lon: '10.21' } }, body: asUnixTime(recorded) },
    ]);
    expect(rejects).to.deep.equal([]);
    expect(rows).to.have.length(192);
    const row = rows.find(({ time }) => time === '2025-03-30 01:00:00');
    expect(row).to.include({
      _file: 'year=2025/month=03/day=30/hour=01/part-0.parquet',
      city: 'Aarhus',
      latitude: '56.15868',
      elevation: '9.0',
      precipitation: null,
    });
    // The field that the contract does not name is kept.
    expect(JSON.parse(row?.['_extra'] ?? '')).to.have.all.keys('weather_code');
    expect(new Set(rows.map(({ _file }) => _file)).size).to.equal(192);
    expect(rows[0]).to.include({ time: '2025-03-23 23:00:00', temperature_2m: '6.0' });
  });

  it('quarantines an answer without the section that was asked for', async () => {
    const { resource } = await load('open-meteo');
    const body = await sample('open-meteo/forecast_minimal.json');
    const { rows, rejects } = await fill(resource, [
      { slice: { city: { name: 'Nowhere', lat: '0', lon: '0' } }, body },
    ]);
    expect(rows).to.deep.equal([]);
    expect(rejects).to.deep.equal(['selector_missing']);
  });
});

describe('sources/weatherapi.yaml', () => {
  it('sends the key as a secret in the query, and says nothing of it', async () => {
    const { source, resource } = await load('weatherapi');
    expect(source.client.auth).to.deep.equal({
      type: 'api_key',
      name: 'key',
      location: 'query',
      api_key: { secret: 'weatherapi-key', store: 'parameter-store' },
    });
    expect(requestOf(source, resource, { city: 'São Paulo' })).to.deep.equal({
      url: 'https://api.weatherapi.com/v1/current.json',
      q: 'São Paulo',
      aqi: 'no',
    });
  });

  it('files by the epoch in UTC, not by the local day, and takes whole numbers and fractions alike', async () => {
    const { resource } = await load('weatherapi');
    const { rows, rejects } = await fill(resource, [
      { slice: { city: 'Berlin' }, body: await sample('weatherapi/current-berlin.json') },
      { slice: { city: 'Sydney' }, body: await sample('weatherapi/current-sydney.json') },
    ]);
    expect(rejects).to.deep.equal([]);
    const hour = 'year=2026/month=10/day=28/hour=19/part-0.parquet';
    expect(rows).to.have.length(2);
    expect(rows[0]).to.include({
      _file: hour,
      city: 'Berlin',
      temp_c: '14.0',
      is_day: 'false',
      condition_code: '1000',
    });
    expect(rows[1]).to.include({
      _file: hour,
      city: 'Sydney',
      temp_c: '18.4',
      is_day: 'true',
      precip_mm: '0.35',
    });
    expect(rows[1]?.['_extra']).to.include('us-epa-index');
  });
});

describe('sources/nws.yaml', () => {
  it('says who asks, and asks for GeoJSON', async () => {
    const { source, resource, warnings } = await load('nws');
    expect(source.client.headers).to.have.all.keys('User-Agent', 'Accept');
    expect(warnings).to.match(/this User-Agent is an example/);
    const incremental = { start_value: '2026-11-15T10:00:00Z' };
    expect(requestOf(source, resource, { station: 'KLIT', incremental })).to.deep.equal({
      url: 'https://api.weather.gov/stations/KLIT/observations',
      start: '2026-11-15T10:00:00Z',
      limit: '200',
    });
  });

  it('makes a row of each feature, with its offset read and nulls kept', async () => {
    const { resource } = await load('nws');
    const { rows, rejects } = await fill(resource, [
      { slice: { station: 'KFLG' }, body: await sample('nws/obs_KFLG_temperature_null.json') },
      { slice: { station: 'KLIT' }, body: await sample('nws/obs_KLIT.json') },
      { slice: { station: 'PPIZ' }, body: await sample('nws/obs_PPIZ_empty_collection.json') },
    ]);
    expect(rejects).to.deep.equal([]);
    expect(rows).to.have.length(2);
    expect(rows[0]).to.include({ station: 'KFLG', temperature: null });
    expect(rows[1]).to.include({
      _file: 'year=2024/month=02/day=20/hour=15/part-0.parquet',
      station: 'KLIT',
      observed_at: '2024-02-20 15:53:00',
      temperature: '12.8',
      temperature_quality: 'V',
      wind_gust: null,
      latitude: '34.72',
    });
  });
});

async function load(
  name: string,
): Promise<{ source: CompiledSource; resource: CompiledResource; warnings: string }> {
  const loaded = await loadSourceFile({ path: `${root}sources/${name}.yaml`, readText, now: november });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const [resource] = loaded.source.resources;
  if (!resource) throw new Error('the source has no resource');
  return { source: loaded.source, resource, warnings: formatProblems(loaded.warnings) };
}

/** A response's body as a raw object holds it: the API's own text, line breaks turned into spaces. */
async function sample(name: string): Promise<string> {
  return (await readFile(`${root}test/samples/${name}`, 'utf8')).replaceAll('\n', ' ');
}

/** What `timeformat: unixtime` makes of a recorded answer in local time. */
function asUnixTime(body: string): string {
  const answer = JSON.parse(body) as { utc_offset_seconds: number; hourly: { time: (string | number)[] } };
  const { utc_offset_seconds: offset, hourly } = answer;
  hourly.time = hourly.time.map((time) => Date.parse(`${time}:00Z`) / 1000 - offset);
  return JSON.stringify(answer);
}

function requestOf(
  source: CompiledSource,
  resource: CompiledResource,
  slice: Slice = {},
): Record<string, string | undefined> {
  const { path, params } = resource.endpoint;
  const rendered = Object.entries(params).map(([name, value]) => [name, renderParameter(value, slice)]);
  return {
    url: `${source.client.base_url}${renderPath(path, slice)}`,
    ...Object.fromEntries(rendered),
  } as Record<string, string>;
}

/** The responses through both statements, into an empty file. */
async function fill(
  { name, table }: CompiledResource,
  answers: { slice: Slice; body: string }[],
): Promise<{ rows: Record<string, string | null>[]; rejects: (string | null | undefined)[] }> {
  const duck = await openDuck();
  try {
    const lines = answers.map(({ slice, body }, line) => {
      const request = { method: 'GET', url: 'https://api.example.com/', for: slice, page: 0 };
      const times = { scheduled_at: '2026-11-21T10:05:00Z', fetched_at: '2026-11-21T10:05:01.500Z' };
      const envelope = JSON.stringify({ v: 1, resource: name, ...times, request, status: 200, headers: {} });
      return { object: `raw/${name}/a.ndjson.gz`, line, text: `${envelope.slice(0, -1)},"body":${body}}` };
    });
    await putLines(duck, lines);
    await duck.run(`CREATE TABLE parsed AS ${table.parse_sql}`);
    const columns = table.columns.map((column) => `"${column.name}"`).join(', ');
    await duck.run(`CREATE VIEW incoming AS SELECT ${columns} FROM parsed WHERE _reject IS NULL`);
    await duck.run('CREATE VIEW stored AS SELECT * FROM incoming WHERE false');
    const files = `SELECT _file, ${table.key.map((key) => `"${key}"`).join(', ')} FROM parsed`;
    const rows = await readTexts(
      duck,
      `SELECT * FROM (${table.merge_sql}) JOIN (${files}) USING (${table.key.map((key) => `"${key}"`).join(', ')}) ORDER BY ${table.key.join(', ')}`,
    );
    expect(rows.every((row) => row['_outcome'] === 'inserted')).to.equal(true);
    const rejects = await readTexts(duck, 'SELECT _reject FROM parsed WHERE _reject IS NOT NULL');
    return { rows, rejects: rejects.map((row) => row['_reject']) };
  } finally {
    duck.closeSync();
  }
}
