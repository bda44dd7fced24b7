import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseColumnType } from '../../../pipeline/source/schema/column-type.ts';
import { countPartitions } from '../../../pipeline/source/count-partitions.ts';
import { parseDuration, parseSpan } from '../../../pipeline/source/duration.ts';
import { editDistance, nearestName } from '../../../pipeline/source/nearest-name.ts';

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['PT30S', 30_000],
    ['PT0.5S', 500],
    ['PT15M', 900_000],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT1S', 86_401_000],
    ['P2W', 1_209_600_000],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['P1W1D', undefined],
    ['P1M', undefined],
    ['P1Y', undefined],
    ['1H', undefined],
    ['PT1H ', undefined],
    ['PT1.5H', undefined],
    ['PT-1S', undefined],
  ] as const) {
    it(`reads ${text} as ${milliseconds}`, () => {
      expect(parseDuration(text)).to.equal(milliseconds);
    });
  }
});

describe('parseSpan', () => {
  for (const [text, span] of [
    ['P1M', [1, 0, 0]],
    ['P1Y2M', [14, 0, 0]],
    ['P2W', [0, 14, 0]],
    ['P1DT1H', [0, 1, 3_600_000]],
    ['PT24H', [0, 0, 86_400_000]],
    ['P1Y1M1DT1H1M1.5S', [13, 1, 3_661_500]],
    ['P', undefined],
    ['P1MT', undefined],
    ['-P1D', undefined],
    ['P1W1D', undefined],
  ] as const) {
    it(`reads ${text} as ${span?.join(', ')}`, () => {
      const [months, days, ms] = span ?? [];
      expect(parseSpan(text)).to.deep.equal(span && { months, days, ms });
    });
  }
});

describe('parseColumnType', () => {
  for (const [name, type] of [
    ['timestamp', 'timestamp'],
    ['string', 'varchar'],
    ['integer', 'bigint'],
    ['number', 'double'],
    ['decimal(10,2)', 'decimal(10,2)'],
    ['decimal( 10 , 02 )', 'decimal(10,2)'],
    ['decimal(38,38)', 'decimal(38,38)'],
    ['decimal(5)', 'decimal(5,0)'],
    ['decimal(39,0)', undefined],
    ['decimal(5,6)', undefined],
    ['decimal(0,0)', undefined],
    ['decimal', undefined],
    ['toString', undefined],
    ['json', undefined],
    ['Double', undefined],
  ] as const) {
    it(`reads ${name} as ${type}`, () => {
      expect(parseColumnType(name)).to.equal(type);
    });
  }
});

describe('nearestName', () => {
  const known = ['base_url', 'headers', 'auth', 'timeout', 'string', 'params'];
  for (const [name, nearest] of [
    ['base_ulr', 'base_url'],
    ['baseUrl', 'base_url'],
    ['header', 'headers'],
    ['authentification', 'auth'],
    ['text', 'string'],
    ['query', 'params'],
    ['colour', undefined],
    ['x', undefined],
    ['constructor', undefined],
  ] as const) {
    it(`takes ${name} for ${nearest}`, () => {
      expect(nearestName(name, known)).to.equal(nearest);
    });
  }

  it('measures a distance: none to itself, the same both ways, one for a swap', () => {
    expect(editDistance('abcd', 'abdc')).to.equal(1);
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(editDistance(a, a)).to.equal(0);
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, b)).to.be.at.most(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('countPartitions', () => {
  it('multiplies the ranges out, from the first year to two ahead', () => {
    const granularities = ['none', 'year', 'month', 'day', 'hour'] as const;
    const counts = granularities.map((partition_by) =>
      countPartitions({ partition_by, first_year: 2024 }, 2026),
    );
    expect(counts).to.deep.equal([1, 5, 5 * 12, 5 * 12 * 31, 5 * 12 * 31 * 24]);
  });
});
