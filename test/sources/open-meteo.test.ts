import { expect } from 'chai';
import { requestWeight } from '../../pipeline/budget/weight.ts';
import { readSample } from '../support/read-sample.ts';
import { fixture, sourcePlayer } from './play-source.ts';

const cities = ['Berlin', 'London', 'New York', 'São Paulo', 'Nairobi', 'Kathmandu', 'Tokyo', 'Sydney'];

/** What `timeformat: unixtime` makes of a recorded answer in local time. */
function asUnixTime(recorded: string): Record<string, unknown> {
  const answer = JSON.parse(recorded) as {
    utc_offset_seconds: number;
    hourly: { time: (string | number)[] };
  };
  const { utc_offset_seconds: offset, hourly } = answer;
  hourly.time = hourly.time.map((time) => Date.parse(`${time}:00Z`) / 1000 - offset);
  return answer;
}

/** The recorded week, for eight places: numbered from the second on, as the real one does. */
function recordedForEight() {
  const answer = asUnixTime(readSample('open-meteo/dst_spring_forward_aarhus.json'));
  return { json: cities.map((_city, at) => (at === 0 ? answer : { ...answer, location_id: at })) };
}

describe('sources/open-meteo.yaml', () => {
  const { play } = sourcePlayer('open-meteo');

  it('asks for all cities at once, and names its licence', async () => {
    const { source, seen } = await play([recordedForEight()]);
    expect(source.attribution).to.include('CC BY 4.0').and.include('non-commercial');
    expect(seen[0]?.reason).to.equal('');
    const query = new URL(seen[0]?.questions[0]?.target ?? '', 'http://a').searchParams;
    expect(Object.fromEntries(query)).to.include({
      latitude: '52.52,51.51,40.71,-23.55,-1.29,27.72,35.68,-33.87',
      longitude: '13.41,-0.13,-74.01,-46.63,36.82,85.32,139.69,151.21',
      timeformat: 'unixtime',
      past_hours: '24',
      forecast_hours: '0',
    });
    expect(seen[0]?.questions).to.have.length(1);
  });

  it('makes a row of each hour of each city, in the partition of its UTC hour, across the change to summer time', async () => {
    const { seen } = await play([recordedForEight()]);
    const rows = seen[0]?.rows ?? [];
    expect(seen[0]?.rejects).to.deep.equal([]);
    expect(rows).to.have.length(8 * 192);
    expect([...new Set(rows.map(({ city }) => city))]).to.deep.equal(cities);
    const tokyo = rows.filter(({ city }) => city === 'Tokyo');
    expect(tokyo[0]).to.include({ time: '2025-03-23 23:00:00', temperature_2m: '6.0' });
    expect(tokyo.find(({ time }) => time === '2025-03-30 01:00:00')).to.include({
      _file: 'year=2025/month=03/day=30/hour=01/part-0.parquet',
      latitude: '56.15868',
      elevation: '9.0',
      precipitation: null,
    });
    expect(new Set(tokyo.map(({ _file }) => _file)).size).to.equal(192);
    // The field that the contract does not name is kept.
    expect(JSON.parse(tokyo[0]?.['_extra'] ?? '')).to.include.keys('weather_code');
    expect(seen[0]?.table).to.have.length(8 * 192);
  });

  it('fails when fewer places come back than were asked for: no row goes to the wrong city', async () => {
    const { seen } = await play([{ json: recordedForEight().json.slice(0, 7) }]);
    expect(seen[0]).to.include({ outcome: 'failed' });
    expect(seen[0]?.rows).to.deep.equal([]);
  });

  it('fails on an answer without the section that was asked for', async () => {
    const minimal = JSON.parse(readSample('open-meteo/forecast_minimal.json')) as unknown;
    const { seen } = await play({ '/v1/forecast': { json: cities.map(() => minimal) } });
    expect(seen[0]?.outcome).to.equal('failed');
    expect(seen[0]?.reason).to.include('$.hourly');
  });

  it('weighs as many calls as there are cities, while there are no more than ten variables', async () => {
    const { source } = await play([recordedForEight()]);
    const { policies, weight = '' } = source.client.api_budget ?? {};
    expect(policies?.map(({ limit }) => limit)).to.deep.equal([600, 5000, 10_000]);
    const { hourly = '' } = source.resources[0]?.endpoint.params ?? {};
    expect(requestWeight(weight, { params: { hourly }, slices: 8 })).to.equal(8);
    expect(requestWeight(weight, { params: { hourly: `${hourly},${hourly}` }, slices: 8 })).to.equal(14.4);
  });
});

/** Eight places, of which the fixture has two. */
async function archiveOfEight() {
  const { bytes } = await fixture('open-meteo/archive.json');
  const [first, second] = JSON.parse(String(bytes)) as [object, object];
  return { json: cities.map((_city, at) => (at === 0 ? first : { ...second, location_id: at })) };
}

describe('sources/open-meteo-archive.yaml', () => {
  const { play } = sourcePlayer('open-meteo-archive');

  it('asks for two weeks after two weeks, up to five days ago, then for each further day', async () => {
    const { seen } = await play(
      { '/v1/archive': await archiveOfEight() },
      { fetches: [{}, { at: '2026-11-22T10:05:00Z' }] },
    );
    const windows = (at: number) =>
      seen[at]?.questions.map(({ query }) => `${query.get('start_date')}..${query.get('end_date')}`) ?? [];
    expect(seen[0]?.reason).to.equal('');
    expect(windows(0).slice(0, 2)).to.deep.equal(['2026-01-01..2026-01-14', '2026-01-15..2026-01-28']);
    expect(windows(0).at(-1)).to.equal('2026-11-05..2026-11-15');
    expect(windows(1)).to.deep.equal(['2026-11-16..2026-11-16']);
  });

  it('keeps hours that are not complete yet as nulls', async () => {
    const { seen } = await play([await archiveOfEight()], { fetches: [{ at: '2026-01-19T00:00:00Z' }] });
    expect(seen[0]?.rows).to.have.length(16);
    expect(seen[0]?.rows[0]).to.include({
      city: 'Berlin',
      time: '2026-01-01 00:00:00',
      temperature_2m: '0.4',
      _file: 'year=2026/month=01/day=01/part-0.parquet',
    });
    expect(seen[0]?.rows[3]).to.include({ city: 'London', temperature_2m: null });
  });
});
