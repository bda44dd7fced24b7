import { expect } from 'chai';
import { ConfigError } from '../../../pipeline/errors.ts';
import { dispatchScene, weather, type DispatchScene } from '../../support/dispatch-scene.ts';
import { compiledSource } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';

describe('updateCatalog', () => {
  let aws: DispatchScene;
  beforeEach(() => {
    aws = dispatchScene();
  });

  const load = async (at: string, source = weather): Promise<void> => {
    aws.land('weather', at);
    await aws.wake(source);
    await aws.succeed(aws.run());
    await aws.wake(source);
  };
  const table = () => aws.tables.get('weather');

  it('widens the years before a receipt counts, and narrows them never', async () => {
    await load('2026-11-21T10:00:00Z');
    await load('2027-01-01T00:00:00Z');
    expect(table()?.Parameters).to.include({ 'projection.year.range': '2026,2027' });
    await load('2026-12-31T00:00:00Z');
    expect(table()).to.include({ VersionId: '2' });
  });

  it('puts new columns last and keeps what others have added', async () => {
    await load('2026-11-21T10:00:00Z');
    Object.assign(table()?.Parameters ?? {}, { owner: 'me' });
    const grown = structuredClone(weather);
    grown.resources[0]?.table.columns.unshift({ name: 'rain', type: 'double' });
    await load('2026-11-21T11:00:00Z', grown);
    expect(
      table()
        ?.StorageDescriptor?.Columns?.map(({ Name }) => Name)
        .slice(-2),
    ).to.deep.equal(['_row', 'rain']);
    expect(table()?.Parameters).to.include({ owner: 'me' });
  });

  it('makes a table without rows too', async () => {
    aws.land();
    await aws.wake();
    await aws.report((lines) =>
      lines
        .filter(({ kind }) => kind !== 'file')
        .map((line) => (line.kind === 'object' ? { ...line, filtered: 10 } : line)),
    );
    await aws.wake();
    expect(aws.loads()[0]).to.include({ state: 'closed' });
    expect(table()?.Parameters).to.include({ 'projection.year.range': '2026,2026' });
    expect(aws.events, 'nothing has changed').to.deep.equal([]);
  });

  it('refuses a table that lies elsewhere', async () => {
    aws.tables.set('weather', { Name: 'weather', StorageDescriptor: { Location: 's3://mine/weather' } });
    const error = await rejection(load('2026-11-21T10:00:00Z'));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.contain('weather.weather lies at s3://mine/weather');
    expect(aws.loads()[0]).to.include({ state: 'started' });
  });

  it('refuses another layout in place, and loads the other tables', async () => {
    await load('2026-11-21T10:00:00Z');
    const changed = compiledSource([
      ['weather', 'day'],
      ['cities', 'none'],
    ]);
    aws.land('weather', '2026-11-21T11:00:00Z');
    aws.land('cities', '2026-11-21T11:00:00Z');
    const error = await rejection(aws.wake(changed));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.contain('table weather: partition_by was hour, is day');
    const { header, objects } = await aws.manifestOf(aws.run());
    expect(header.tables.map(({ name }) => name)).to.deep.equal(['cities']);
    expect(objects).to.have.length(3);
  });
});
