import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { castValue } from '../../../pipeline/table/cast-value.ts';
import type { ColumnDefinition } from '../../../pipeline/table/table-definition.ts';
import { openDuck, readTexts } from '../../support/duck.ts';

type Cast = Pick<ColumnDefinition, 'type' | 'unit'>;

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength });
/** A number as JSON writes it: sign, whole part, fraction, exponent. */
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(22).map((text) => text.replace(/^0+(?=\d)/, '')),
    fc.option(digits(24), { nil: undefined }),
    fc.option(fc.integer({ min: -30, max: 30 }), { nil: undefined }),
  )
  .map(([sign, whole, fraction, exponent]) => ({ sign, whole, fraction, exponent }));
type JsonNumber = typeof number extends fc.Arbitrary<infer T> ? T : never;

describe('castValue', function () {
  this.timeout(20_000);
  let duck: DuckDBConnection;

  before(async () => {
    duck = await openDuck();
  });

  it('makes a decimal of the very value, or nothing', async () => {
    const size = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat({ max: 38 }))
      .filter(([precision, scale]) => scale <= precision);
    await fc.assert(
      fc.asyncProperty(
        fc.array(number, { minLength: 1, maxLength: 60 }),
        size,
        async (numbers, [precision, scale]) => {
          const found = await cast({ type: `decimal(${precision},${scale})` }, numbers.map(textOf));
          expect(found.map((text) => text?.replace(/^(-?)\./, '$10.'))).to.deep.equal(
            numbers.map((value) => {
              const scaled = scaledBy(value, scale);
              return scaled !== undefined && String(scaled).replace('-', '').length <= precision
                ? printScaled(scaled, scale)
                : undefined;
            }),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes a bigint of a whole number that fits, and of nothing else', async () => {
    const plain = number.map((value) => ({ ...value, exponent: undefined, fraction: undefined }));
    await fc.assert(
      fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 60 }), async (numbers) => {
        const found = await cast({ type: 'bigint' }, numbers.map(textOf));
        expect(found).to.deep.equal(
          numbers.map((value) => {
            const whole = BigInt(textOf(value));
            return BigInt.asIntN(64, whole) === whole ? String(whole) : null;
          }),
        );
      }),
      { numRuns: 20 },
    );
  });

  for (const [unit, places] of [
    ['s', 6],
    ['ms', 3],
    ['us', 0],
  ] as const) {
    it(`makes a time of a number in ${unit} when it is whole microseconds`, async () => {
      const epoch = fc
        .tuple(
          fc.constantFrom('', '-'),
          fc.nat({ max: 999_999_999_999 }),
          fc.option(digits(places + 2), { nil: undefined }),
        )
        .map(([sign, whole, fraction]) => ({ sign, whole: String(whole), fraction, exponent: undefined }));
      await fc.assert(
        fc.asyncProperty(fc.array(epoch, { minLength: 1, maxLength: 60 }), async (numbers) => {
          const found = await cast({ type: 'timestamp', unit }, numbers.map(textOf), 'epoch_us');
          expect(found).to.deep.equal(numbers.map((value) => scaledBy(value, places)?.toString() ?? null));
        }),
        { numRuns: 15 },
      );
    });
  }

  it('keeps every finite double', async () => {
    const double = fc.double({ noDefaultInfinity: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(double, { minLength: 1, maxLength: 60 }), async (numbers) => {
        const found = await cast({ type: 'double' }, numbers.map(String));
        expect(found.map(Number)).to.deep.equal(numbers.map((value) => (Object.is(value, -0) ? 0 : value)));
      }),
      { numRuns: 20 },
    );
  });

  it('throws nothing, whatever the text', async () => {
    const types: Cast[] = [
      { type: 'bigint' },
      { type: 'double' },
      { type: 'decimal(12,3)' },
      { type: 'boolean' },
      { type: 'date' },
      { type: 'timestamp' },
      { type: 'timestamp', unit: 's' },
    ];
    const near = fc.string({
      unit: fc.constantFrom(...'0123456789+-.eETZ: _nNaAiIfF'.split('')),
      maxLength: 26,
    });
    const text = fc.oneof(
      near,
      fc.string({ unit: 'grapheme' }),
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.array(text, { minLength: 1, maxLength: 100 }),
        async (type, texts) => {
          const safe = texts.map((value) => value.replaceAll('\0', ''));
          expect(await cast(type, safe)).to.have.length(safe.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  async function cast(column: Cast, texts: string[], then = ''): Promise<(string | null | undefined)[]> {
    await duck.run('CREATE OR REPLACE TABLE given (place BIGINT, value VARCHAR)');
    const appender = await duck.createAppender('given');
    for (const [place, text] of texts.entries()) {
      appender.appendBigInt(BigInt(place));
      appender.appendVarchar(text);
      appender.endRow();
    }
    appender.closeSync();
    const definition = { name: 'value', from: { record: '$.value' }, ...column };
    const rows = await readTexts(
      duck,
      `SELECT ${then}(${castValue(definition, 'value')}) AS cast FROM given ORDER BY place`,
    );
    return rows.map((row) => row['cast']);
  }
});

function textOf({ sign, whole, fraction, exponent }: JsonNumber): string {
  return `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent === undefined ? '' : `e${exponent}`}`;
}

/** value × 10^places when that is whole. */
function scaledBy(
  { sign, whole, fraction = '', exponent = 0 }: JsonNumber,
  places: number,
): bigint | undefined {
  const shift = exponent + places - fraction.length;
  const all = BigInt(`${sign}${whole}${fraction}`);
  if (shift >= 0) return all * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return all % divisor === 0n ? all / divisor : undefined;
}

function printScaled(scaled: bigint, scale: number): string {
  const sign = scaled < 0n ? '-' : '';
  const text = String(scaled)
    .replace('-', '')
    .padStart(scale + 1, '0');
  return scale === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
