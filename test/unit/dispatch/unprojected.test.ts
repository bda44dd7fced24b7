import { expect } from 'chai';
import { unprojected } from '../../../functions/dispatch/unprojected.ts';
import { tableInput } from '../../../pipeline/table/projection.ts';
import { tableSpec } from '../../support/load-samples.ts';

const hourly = tableInput(tableSpec('weather', 'hour'), {
  location: 's3://curated/weather/',
  years: { first: 2024, last: 2026 },
});
const inside = 'year=2026/month=11/day=21/hour=07';

describe('unprojected', () => {
  it('finds nothing missing where the projection reaches', () => {
    const partitions = [inside, 'year=2024/month=01/day=01/hour=00', 'year=2026/month=12/day=31/hour=23'];
    expect(unprojected({ ...hourly, Name: 'weather' }, partitions)).to.deep.equal([]);
  });

  for (const partition of [
    'year=2023/month=11/day=21/hour=07',
    'year=2027/month=11/day=21/hour=07',
    'year=2026/month=13/day=21/hour=07',
    'year=2026/month=11/day=21/hour=7',
    'year=2026/month=11/day=21',
    'year=2026/month=11/day=21/hour=07/minute=01',
    'month=11/year=2026/day=21/hour=07',
    '',
  ]) {
    it(`misses ${partition === '' ? 'the table without a partition' : partition}`, () => {
      expect(unprojected({ ...hourly, Name: 'weather' }, [inside, partition])).to.deep.equal([partition]);
    });
  }

  const damage: [string, Record<string, string | undefined>][] = [
    ['projection is off', { 'projection.enabled': 'false' }],
    ['a type is misspelt', { 'projection.hour.type': 'integers' }],
    ['a range is missing', { 'projection.month.range': undefined }],
    ['the digits are missing', { 'projection.hour.digits': undefined }],
    ['the template points elsewhere', { 'storage.location.template': 's3://curated/other/year=${year}/' }],
    ['the template is missing', { 'storage.location.template': undefined }],
  ];
  for (const [what, change] of damage) {
    it(`misses every partition when ${what}`, () => {
      const properties = Object.entries({ ...hourly.Parameters, ...change }).filter(([, value]) => value);
      const table = { ...hourly, Name: 'weather', Parameters: Object.fromEntries(properties) as never };
      expect(unprojected(table, [inside])).to.deep.equal([inside]);
    });
  }

  it('looks into the folder of a table without partitions, nowhere else', () => {
    const plain = tableInput(tableSpec('cities', 'none'), {
      location: 's3://curated/cities/',
      years: { first: 2026, last: 2026 },
    });
    expect(unprojected(plain, ['', inside])).to.deep.equal([inside]);
  });
});
