import { expect } from 'chai';
import type { Question } from '../conformance/api-server.ts';
import { readSample } from '../support/read-sample.ts';
import { sourcePlayer, targets } from './play-source.ts';

const secrets = { 'weatherapi-key': 'a-key-of-weatherapi' };
const berlin = { json: JSON.parse(readSample('weatherapi/current-berlin.json')) as unknown };
const sydney = { json: JSON.parse(readSample('weatherapi/current-sydney.json')) as unknown };

describe('sources/weatherapi.yaml', () => {
  const { play } = sourcePlayer('weatherapi');

  it('sends the key in the query, and keeps it out of what lands', async () => {
    const { seen } = await play({ '/v1/current.json': berlin }, { secrets });
    expect(targets(seen[0]!)).to.include('/v1/current.json?q=São Paulo&aqi=no&key=a-key-of-weatherapi');
    expect(seen[0]?.text).to.not.include('a-key-of-weatherapi');
    expect(seen[0]?.text).to.include('/v1/current.json');
  });

  it('files by the epoch in UTC, not by the local day, and takes whole numbers and fractions alike', async () => {
    const { seen } = await play(
      () =>
        ({ query }) =>
          query.get('q') === 'Sydney' ? sydney : berlin,
      { secrets },
    );
    const rows = seen[0]?.rows ?? [];
    const file = 'year=2026/month=10/day=28/hour=19/part-0.parquet';
    expect(seen[0]?.rejects).to.deep.equal([]);
    expect(rows.find(({ city }) => city === 'Berlin')).to.include({
      _file: file,
      temp_c: '14.0',
      is_day: 'false',
      condition_code: '1000',
    });
    const row = rows.find(({ city }) => city === 'Sydney');
    expect(row).to.include({ _file: file, temp_c: '18.4', is_day: 'true', precip_mm: '0.35' });
    expect(row?.['_extra']).to.include('us-epa-index');
  });

  it('reports a city that is not known, and lands the others', async () => {
    const unknown = { status: 400, json: { error: { code: 1006, message: 'No matching location found.' } } };
    const script =
      () =>
      ({ query }: Question) =>
        query.get('q') === 'Nairobi' ? unknown : berlin;
    const { seen } = await play(script, { secrets });
    expect(seen[0]).to.include({ outcome: 'complete' });
    expect(seen[0]?.rows).to.have.length(7);
    expect(seen[0]?.skipped.map(({ slice }) => slice)).to.deep.equal([{ city: 'Nairobi' }]);
    expect(seen[0]?.skipped[0]?.error).to.include('No matching location');
  });

  it('tries again when the fault is theirs, although it is a 400', async () => {
    const fault = { status: 400, json: { error: { code: 9999, message: 'Internal application error.' } } };
    const { seen } = await play({ '/v1/current.json': [fault, berlin] }, { secrets });
    expect(seen[0]?.rows).to.have.length(8);
  });

  it('says that the calls of the month are used up', async () => {
    const used = {
      status: 403,
      json: { error: { code: 2007, message: 'API key has exceeded calls per month quota.' } },
    };
    const { seen } = await play({ '/v1/current.json': used }, { secrets });
    expect(seen[0]?.outcome).to.equal('failed');
    expect(seen[0]?.reason).to.include('the calls of this month are used up');
  });
});
