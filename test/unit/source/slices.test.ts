import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import { combineSlices, countSlices } from '../../../pipeline/source/slices/combine-slices.ts';
import { listRange } from '../../../pipeline/source/slices/list-range.ts';
import type { CompiledResource } from '../../../pipeline/source/source.ts';
import { changed, loadText, weather } from './load-weather.ts';

describe('listRange', () => {
  for (const [from, to, step, elements] of [
    [1, 3, undefined, [1, 2, 3]],
    [0, 10, 4, [0, 4, 8]],
    [5, 5, 100, [5]],
    [-2, 0, 1, [-2, -1, 0]],
    ['2024-02-28', '2024-03-01', undefined, ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['2024-01-01', '2024-01-20', 'P1W', ['2024-01-01', '2024-01-08', '2024-01-15']],
    ['2024-01-31', '2024-04-30', 'P1M', ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']],
    ['2023-02-28', '2025-03-01', 'P1Y', ['2023-02-28', '2024-02-28', '2025-02-28']],
    ['2024-11-01', '2025-02-01', 'P1M1D', ['2024-11-01', '2024-12-02', '2025-01-03']],
  ] as const) {
    it(`counts from ${from} to ${to} by ${step ?? 'one'}`, () => {
      const range = { from, to, ...(step === undefined ? {} : { step }) };
      const problems: string[] = [];
      expect(listRange(range, (_, message) => problems.push(message))).to.deep.equal(elements);
      expect(problems).to.deep.equal([]);
    });
  }

  it('refuses more than it may hold, without counting to its end', () => {
    for (const range of [
      { from: 1, to: 9_007_199_254_740_991 },
      { from: '0001-01-01', to: '9999-12-31' },
    ]) {
      const problems: string[] = [];
      expect(listRange(range, (_, message) => problems.push(message))).to.equal(undefined);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/elements: for_each takes at most 100,000/);
    }
  });
});

describe('combineSlices', () => {
  it('crosses each with each, the last variable first, or zips the n-th with the n-th', () => {
    const lists = [
      ['city', ['a', 'b']],
      ['day', [1, 2]],
    ] as const;
    expect(combineSlices(lists, 'cross')).to.deep.equal([
      { city: 'a', day: 1 },
      { city: 'a', day: 2 },
      { city: 'b', day: 1 },
      { city: 'b', day: 2 },
    ]);
    expect(combineSlices(lists, 'zip')).to.deep.equal([
      { city: 'a', day: 1 },
      { city: 'b', day: 2 },
    ]);
    expect(combineSlices([], 'cross')).to.deep.equal([{}]);
    expect(combineSlices([], 'zip')).to.deep.equal([{}]);
  });

  it('gives as many as were counted, no two alike', () => {
    const list = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(list, { maxLength: 4 }), (values) => {
        const lists = values.map((elements, index) => [`v${index}`, elements] as const);
        const slices = combineSlices(lists, 'cross');
        expect(slices).to.have.length(countSlices(lists, 'cross'));
        expect(new Set(slices.map((slice) => JSON.stringify(slice))).size).to.equal(slices.length);
      }),
    );
  });
});

describe('for_each', () => {
  it('compiles a group: what is joined, and whose answer is whose', async () => {
    const short = await compiled('{ city: { file: cities.csv, group: 50, match: position } }');
    expect(short.group).to.deep.equal({
      size: 50,
      separator: ',',
      variables: ['city'],
      answers: '$',
      match: 'position',
    });
    const match = "{ path: $.name, value: '{city.name}' }";
    const long = `{ city: { file: cities.csv, group: 2, separator: '|', answers: $.all, match: ${match} }, day: [1, 2] }\n    combine: zip`;
    const zipped = await compiled(long);
    expect(zipped.slices[1]).to.deep.equal({ city: { name: 'Oslo', lat: '59.91', lon: '10.75' }, day: 2 });
    expect(zipped.group).to.deep.equal({
      size: 2,
      separator: '|',
      variables: ['city', 'day'],
      answers: '$.all',
      match: { path: '$.name', value: '{city.name}' },
    });
  });

  it('crosses a file, a range and values', async () => {
    const day = '{ range: { from: 2024-01-01, to: 2024-01-03 } }';
    const { slices, group } = await compiled(
      `{ city: { file: cities.csv }, day: ${day}, kind: { values: [a, b] } }`,
    );
    expect(slices).to.have.length(2 * 3 * 2);
    expect(slices.at(-1)).to.deep.include({ day: '2024-01-03', kind: 'b' });
    expect(group).to.equal(undefined);
  });
});

async function compiled(forEach: string): Promise<CompiledResource> {
  const loaded = await loadText(changed('{ city: { file: cities.csv } }', forEach, weather));
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const [resource] = loaded.source.resources;
  if (!resource) throw new Error('the source has no resource');
  return resource;
}
