import { expect } from 'chai';
import { readSample } from '../support/read-sample.ts';
import { fixture, sourcePlayer, targets } from './play-source.ts';

const path = '/fdsnws/event/1/query';
const recorded = {
  text: readSample('usgs/all_week_first_120.geojson.json'),
  headers: { 'content-type': 'application/json' },
};

describe('sources/usgs-earthquakes.yaml', () => {
  const { play } = sourcePlayer('usgs-earthquakes');

  it('counts from 1, begins thirty days back, and goes on before the newest revision', async () => {
    const { seen } = await play(
      { [path]: recorded },
      { fetches: [{ at: '2018-02-07T02:00:00Z' }, { at: '2018-02-07T02:05:00Z' }] },
    );
    expect(seen[0]?.reason).to.equal('');
    expect(targets(seen[0]!)).to.deep.equal([
      `${path}?format=geojson&starttime=2024-01-01&updatedafter=2018-01-08T02:00:00Z&minmagnitude=2.5&includedeleted=true&orderby=time&limit=20000&offset=1`,
    ]);
    // 01:42:27.508, less ten minutes.
    expect(targets(seen[1]!)[0]).to.match(/updatedafter=2018-02-07T01:32:27(\.508)?Z/);
    expect(seen[1]?.table).to.have.length(120);
  });

  it('reads times in milliseconds and places as longitude, latitude, depth', async () => {
    const { seen } = await play({ [path]: recorded });
    expect(seen[0]?.rejects).to.deep.equal([]);
    expect(seen[0]?.rows[0]).to.include({
      id: 'ci37868143',
      time: '2018-02-07 01:26:13.84',
      magnitude: '2.0',
      longitude: '-118.6671667',
      latitude: '34.4945',
      depth: '26.49',
      tsunami: 'false',
    });
  });

  it('keeps the latest revision, and takes away what was withdrawn', async () => {
    const { seen } = await play(
      { [path]: [recorded, await fixture('usgs/revised.json')] },
      { fetches: [{}, {}] },
    );
    const table = seen[1]?.table ?? [];
    expect(table).to.have.length(120);
    expect(table.find(({ id }) => id === 'us7000made')).to.include({ magnitude: '4.7', status: 'reviewed' });
    expect(table.some(({ id }) => id === 'ci37868143')).to.equal(false);
  });

  it('takes a 204 for no news', async () => {
    const { seen } = await play({ [path]: { status: 204 } });
    expect(seen[0]).to.include({ outcome: 'complete' });
    expect(seen[0]?.rows).to.deep.equal([]);
  });

  it('tells a refusal in the words of the service', async () => {
    const text = readSample('usgs/400_too_many.body.txt');
    const { seen } = await play({ [path]: { status: 400, text, headers: { 'content-type': 'text/plain' } } });
    expect(seen[0]?.outcome).to.equal('failed');
    expect(seen[0]?.reason).to.include('20000');
  });
});
