import { expect } from 'chai';
import type { Question } from '../conformance/api-server.ts';
import { fixture, sourcePlayer, targets } from './play-source.ts';

const secrets = { 'openweathermap-key': 'a-key-of-openweather' };

describe('sources/openweathermap.yaml', () => {
  const { play } = sourcePlayer('openweathermap');

  it('asks for each city by its coordinates, with the key in the query and not in what lands', async () => {
    const { seen } = await play(
      { '/data/2.5/weather': await fixture('openweathermap/berlin.json') },
      { secrets },
    );
    expect(targets(seen[0]!)).to.include(
      '/data/2.5/weather?lat=52.52&lon=13.41&units=metric&appid=a-key-of-openweather',
    );
    expect(seen[0]?.questions).to.have.length(8);
    expect(seen[0]?.text).to.not.include('a-key-of-openweather');
  });

  it('makes one row of each answer; rain only where it falls, numbers with and without a fraction', async () => {
    const [berlin, rain] = [
      await fixture('openweathermap/berlin.json'),
      await fixture('openweathermap/rain.json'),
    ];
    const script =
      () =>
      ({ query }: Question) =>
        query.get('lat') === '-23.55' ? rain : berlin;
    const { seen } = await play(script, { secrets });
    expect(seen[0]?.rejects).to.deep.equal([]);
    const rows = seen[0]?.rows ?? [];
    expect(rows.find(({ city }) => city === 'Berlin')).to.include({
      _file: 'year=2026/month=11/day=21/hour=10/part-0.parquet',
      observed_at: '2026-11-21 10:00:00',
      temperature: '7.34',
      rain: null,
      wind_gust: null,
      condition: 'Clouds',
    });
    expect(rows.find(({ city }) => city === 'São Paulo')).to.include({
      temperature: '24.0',
      rain: '0.43',
      place: 'São Paulo',
    });
  });

  it('reports a place that is not known, and lands the others', async () => {
    const [good, missing] = [
      await fixture('openweathermap/berlin.json'),
      await fixture('openweathermap/404.json', { status: 404 }),
    ];
    const script =
      () =>
      ({ query }: Question) =>
        query.get('lat') === '35.68' ? missing : good;
    const { seen } = await play(script, { secrets });
    expect(seen[0]?.rows).to.have.length(7);
    expect(seen[0]?.skipped[0]?.error).to.include('city not found');
  });

  it('waits when it is told that it asked too often', async () => {
    const script = {
      '/data/2.5/weather': [
        await fixture('openweathermap/429.json', { status: 429 }),
        await fixture('openweathermap/berlin.json'),
      ],
    };
    const { seen } = await play(script, { secrets });
    expect(seen[0]?.rows).to.have.length(8);
    expect(seen[0]?.waitedMs).to.be.greaterThan(0);
  });
});
