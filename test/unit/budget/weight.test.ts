import { expect } from 'chai';
import * as fc from 'fast-check';
import { checkWeight, requestWeight } from '../../../pipeline/budget/weight.ts';
import { ConfigError } from '../../../pipeline/errors.ts';

const openMeteo =
  'max(1, count(params.hourly) / 10, count(params.hourly) / 10 * params.forecast_days / 14) * slices';
const names = (count: number): string => Array.from({ length: count }, (_, number) => `v${number}`).join();

describe('requestWeight', () => {
  const formulas: [variables: number, days: number, locations: number, weight: number][] = [
    [10, 7, 100, 100],
    [1, 7, 1, 1],
    [15, 7, 1, 1.5],
    [10, 28, 1, 2],
    [30, 14, 2, 6],
  ];
  for (const [variables, days, slices, weight] of formulas) {
    it(`counts ${weight} for ${slices} locations of ${variables} variables over ${days} days, as Open-Meteo does`, () => {
      const params = { hourly: names(variables), forecast_days: String(days) };
      expect(requestWeight(openMeteo, { params, slices })).to.be.closeTo(weight, 1e-9);
    });
  }

  const results: [expression: string, weight: number][] = [
    ['1', 1],
    [' 2.5 ', 2.5],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 2 - 3', 5],
    ['24 / 4 / 2', 3],
    ['slices-1', 2],
    ['ceil(slices / 2)', 2],
    ['floor(3.9) + round(2.4)', 5],
    ['min(4, 2, 3)', 2],
    ['count(params.hourly)', 3],
    ['count(params.missing)', 0],
    ['params.limit * 2', 100],
    ["params['page[size]']", 20],
    ['params["page[size]"] + count(params["page[size]"])', 21],
  ];
  for (const [expression, weight] of results) {
    it(`gives ${weight} for ${expression}`, () => {
      const params = { hourly: 'a,b,c', limit: '50', 'page[size]': '20' };
      expect(requestWeight(expression, { params, slices: 3 })).to.equal(weight);
    });
  }

  const senseless: [what: string, expression: string][] = [
    ['a parameter that is not sent', 'params.missing'],
    ['a parameter that is no number', 'params.hourly'],
    ['an empty parameter', 'params.empty'],
    ['a division by nothing', '1 / (slices - 1)'],
    ['less than nothing', '1 - 2'],
  ];
  for (const [what, expression] of senseless) {
    it(`refuses ${what}, and says for which request`, () => {
      expect(() => requestWeight(expression, { params: { hourly: 'rain', empty: '' }, slices: 1 })).to.throw(
        ConfigError,
        /hourly=rain/,
      );
    });
  }
});

describe('checkWeight', () => {
  it('has nothing to say of what can be calculated', () => {
    expect(checkWeight(openMeteo)).to.equal(undefined);
  });

  const mistakes: [expression: string, offset: number, words: string][] = [
    ['', 0, 'it ends where a number'],
    ['1 +', 3, 'it ends where a number'],
    ['1 2', 2, "'2' stands where an operator"],
    ['(1 + 2', 6, "it ends where ')'"],
    ['1 + * 2', 4, "'*' stands where a number"],
    ['-1', 0, "'-' stands where a number"],
    ['maximum(1, 2)', 0, "'maximum' is not known"],
    ['2 * slice', 4, "did you mean 'slices'?"],
    ['process.exit(1)', 0, "'process' is not known"],
    ['min()', 4, "')' stands where a number"],
    ['ceil(1, 2)', 6, "',' stands where ')'"],
    ['max 1', 4, "'1' stands where '('"],
    ['params', 6, "it ends where '['"],
    ['params.1', 7, "'1' stands where the parameter's name"],
    ['params[x]', 7, "'x' stands where the parameter's name in quotes"],
    ["params['x'", 10, "it ends where ']'"],
    ['count(slices)', 6, 'where a parameter, as in count(params.hourly)'],
    ['1 ? 2 : 3', 2, "'?' means nothing"],
    ["1 + 'a'", 4, "'a' stands where a number"],
    ['slices ** 2', 8, "'*' stands where a number"],
  ];
  for (const [expression, offset, words] of mistakes) {
    it(`finds the mistake in ${expression || 'nothing'}`, () => {
      const problem = checkWeight(expression);
      expect(problem?.message).to.contain(words);
      expect(problem?.offset).to.equal(offset);
    });
  }

  it('calculates from left to right, products first, as mathematics does', () => {
    const sum = fc.array(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(sum, fc.boolean(), (products, isSpaced) => {
        const [times, plus] = isSpaced ? [' * ', ' + '] : ['*', '+'];
        const text = products.map((product) => product.join(times)).join(plus);
        const expected = products
          .map((product) => product.reduce((left, right) => left * right))
          .reduce((left, right) => left + right);
        expect(requestWeight(text, { params: {}, slices: 1 })).to.equal(expected);
        expect(requestWeight(`(${text}) - (${text})`, { params: {}, slices: 1 })).to.equal(0);
      }),
    );
  });

  it('answers for every text, with a place within it', () => {
    const piece = fc.constantFrom(
      '1',
      '+',
      '(',
      ')',
      'max',
      'params',
      '.',
      'x',
      "'",
      '[',
      ']',
      ',',
      ' ',
      'é',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (expression) => {
        const problem = checkWeight(expression);
        if (problem) expect(problem.offset).to.be.within(0, expression.length);
      }),
    );
  });
});
