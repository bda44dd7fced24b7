import { expect } from 'chai';
import { fixture, sourcePlayer, targets } from './play-source.ts';

const path = '/weatherapi/locationforecast/2.0/compact';
const headers = {
  expires: 'Sat, 21 Nov 2026 10:35:00 GMT',
  'last-modified': 'Sat, 21 Nov 2026 09:31:12 GMT',
};

describe('sources/met-norway.yaml', () => {
  const { play } = sourcePlayer('met-norway');

  it('says who asks, with coordinates of four decimals at the most', async () => {
    const { seen, warnings } = await play({ [path]: await fixture('met-norway/compact.json', { headers }) });
    expect(warnings).to.match(/User-Agent/);
    expect(seen[0]?.questions).to.have.length(8);
    expect(targets(seen[0]!)).to.include(`${path}?lat=52.52&lon=13.41`);
    for (const { query } of seen[0]?.questions ?? [])
      expect(query.get('lat')).to.match(/^-?\d+(\.\d{1,4})?$/);
  });

  it('makes a row of each hour; what lies far ahead has no next hour', async () => {
    const { seen } = await play({ [path]: await fixture('met-norway/compact.json', { headers }) });
    expect(seen[0]?.rejects).to.deep.equal([]);
    const rows = seen[0]?.rows.filter(({ place }) => place === 'Berlin') ?? [];
    expect(rows).to.have.length(3);
    expect(rows[0]).to.include({
      _file: 'year=2026/month=11/day=21/part-0.parquet',
      time: '2026-11-21 10:00:00',
      updated_at: '2026-11-21 09:31:12',
      air_temperature: '7.1',
      precipitation_next_hour: '0.3',
      symbol_next_hour: 'lightrain',
    });
    expect(rows[2]).to.include({ time: '2026-11-30 18:00:00', precipitation_next_hour: null });
  });

  it('asks for nothing before it expires, and then only whether it has changed', async () => {
    const compact = await fixture('met-norway/compact.json', { headers });
    const script =
      () =>
      ({ number }: { number: number }) =>
        number <= 8 ? compact : { status: 304, headers };
    const { seen } = await play(script, {
      fetches: [{}, { at: '2026-11-21T10:30:00Z' }, { at: '2026-11-21T10:40:00Z' }],
    });
    expect(seen[1]).to.include({ outcome: 'complete', unchanged: 8 });
    expect(seen[1]?.questions).to.have.length(0);
    expect(seen[2]).to.include({ outcome: 'complete', unchanged: 8 });
    expect(seen[2]?.questions[0]?.headers['if-modified-since']).to.equal(headers['last-modified']);
    expect(seen[2]?.rows).to.deep.equal([]);
  });

  it('a later run of the model replaces the forecast of an hour, an earlier one does not', async () => {
    const { bytes } = await fixture('met-norway/compact.json');
    const earlier = String(bytes)
      .replace('2026-11-21T09:31:12Z', '2026-11-21T03:31:12Z')
      .replace('"air_temperature":7.1', '"air_temperature":1.5');
    const script =
      () =>
      ({ number }: { number: number }) => ({
        text: number <= 8 ? String(bytes) : earlier,
        headers: { 'content-type': 'application/json' },
      });
    const { seen } = await play(script, { fetches: [{}, {}] });
    expect(
      seen[1]?.table.find(({ place, time }) => place === 'Berlin' && time === '2026-11-21 10:00:00'),
    ).to.include({ air_temperature: '7.1' });
  });

  it('tells a place outside of the area from a fault', async () => {
    const compact = await fixture('met-norway/compact.json', { headers });
    const script =
      () =>
      ({ query }: { query: URLSearchParams }) =>
        query.get('lat') === '52.52'
          ? { status: 422, text: '<html>outside</html>', headers: { 'content-type': 'text/html' } }
          : compact;
    const { seen } = await play(script);
    expect(seen[0]?.rows).to.have.length(7 * 3);
    expect(seen[0]?.skipped[0]?.error).to.include('outside of the area');
  });
});
