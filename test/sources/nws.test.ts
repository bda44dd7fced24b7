import { expect } from 'chai';
import type { Question } from '../conformance/api-server.ts';
import { readSample } from '../support/read-sample.ts';
import { sourcePlayer, targets } from './play-source.ts';

interface Collection {
  features: unknown[];
}

const read = (name: string) => JSON.parse(readSample(`nws/${name}`)) as Collection;
const [klit, kflg] = [read('obs_KLIT.json'), read('obs_KFLG_temperature_null.json')];

/** Each station: a page of what was recorded, then an empty one, which names a next page like any other. */
const script =
  (first: Record<string, Collection>) =>
  () =>
  ({ path, query }: Question) => {
    const station = /stations\/(\w+)\//.exec(path)?.[1] ?? '';
    const page = query.has('cursor') ? { features: [] } : (first[station] ?? { features: [] });
    const next = `{api}${path}?cursor=eyJzIjo1MDB9`;
    return {
      text: JSON.stringify({ ...page, pagination: { next } }),
      headers: { 'content-type': 'application/geo+json' },
    };
  };

describe('sources/nws.yaml', () => {
  const { play } = sourcePlayer('nws');

  it('says who asks, and asks for GeoJSON', async () => {
    const { seen, warnings } = await play(script({}));
    expect(warnings).to.match(/this User-Agent is an example/);
    expect(seen[0]?.questions[0]?.headers).to.include({
      accept: 'application/geo+json',
      'user-agent': '(example.com, you@example.com)',
    });
  });

  it('begins six days back, follows the pages to the empty one, and goes on six hours before the newest observation', async () => {
    const { seen } = await play(script({ KLIT: klit }), {
      fetches: [{ at: '2024-02-20T16:00:00Z' }, { at: '2024-02-20T17:00:00Z' }],
    });
    const of = (at: number) => targets(seen[at]!).filter((target) => target.includes('KLIT'));
    expect(seen[0]?.reason).to.equal('');
    expect(of(0)).to.deep.equal([
      '/stations/KLIT/observations?start=2024-02-14T16:00:00Z&limit=200',
      '/stations/KLIT/observations?cursor=eyJzIjo1MDB9',
    ]);
    expect(of(1)[0]).to.equal('/stations/KLIT/observations?start=2024-02-20T09:53:00Z&limit=200');
    expect(seen[1]?.table).to.have.length(1);
  });

  it('makes a row of each feature, with its offset read and nulls kept', async () => {
    const { seen } = await play(script({ KLIT: klit, KDEN: kflg }), {
      fetches: [{ at: '2024-02-20T16:00:00Z' }],
    });
    expect(seen[0]?.rejects).to.deep.equal([]);
    const rows = seen[0]?.rows ?? [];
    expect(
      rows.map(({ station }) => station).toSorted((one, other) => String(one).localeCompare(String(other))),
    ).to.deep.equal(['KDEN', 'KLIT']);
    expect(rows.find(({ station }) => station === 'KLIT')).to.include({
      _file: 'year=2024/month=02/day=20/hour=15/part-0.parquet',
      observed_at: '2024-02-20 15:53:00',
      temperature: '12.8',
      temperature_quality: 'V',
      wind_gust: null,
      latitude: '34.72',
    });
    expect(rows.find(({ station }) => station === 'KDEN')).to.include({ temperature: null });
  });

  it('reports a station that is closed, and tells of a pause that the service has forgotten', async () => {
    const { seen } = await play(
      () => (question) =>
        question.path.includes('KNYC')
          ? {
              status: 404,
              text: readSample('nws/problem_404_invalid_point.json'),
              headers: { 'content-type': 'application/problem+json' },
            }
          : script({ KLIT: klit })()(question),
      { fetches: [{ at: '2024-02-20T16:00:00Z' }, { at: '2024-03-20T16:00:00Z' }] },
    );
    expect(seen[0]?.skipped.map(({ slice }) => slice)).to.deep.equal([{ station: 'KNYC' }]);
    expect(seen[1]?.gaps).to.have.length.greaterThan(0);
  });
});
