import type { ColumnType } from '../pipeline/table/table-spec.ts';

const whole = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/;
const decimal = /^DECIMAL\((\d+),(\d+)\)$/i;

/** Why what an expression gives is not what the column says, and what to write; undefined where it fits without loss. */
export function explainType(given: string, declared: ColumnType): string | undefined {
  if (given === '"NULL"' || given === 'NULL') return undefined;
  if (fits(given, declared)) return undefined;
  const type = declared.toUpperCase();
  if (declared === 'varchar') return `it gives ${given}, not text; write to_json(…)`;
  if (declared === 'timestamp' && given === 'TIMESTAMP WITH TIME ZONE')
    return `it gives ${given}; write (…) AT TIME ZONE 'UTC'`;
  if (declared === 'boolean')
    return `it gives ${given}, not true or false; compare it, as in … = 1 or … IS NOT NULL`;
  const rounds = declared === 'bigint' || declared.startsWith('decimal');
  const isNumber = whole.test(given) || decimal.test(given) || given === 'DOUBLE' || given === 'FLOAT';
  const how = rounds && isNumber ? `CAST(round(…) AS ${type}), as it would be rounded` : `CAST(… AS ${type})`;
  return `it gives ${given} where the column is ${declared}; write ${how}`;
}

function fits(given: string, declared: ColumnType): boolean {
  const isFloat = given === 'DOUBLE' || given === 'FLOAT';
  if (declared === 'varchar') return !/\[|^(?:STRUCT|MAP|UNION|BLOB|BIT)\b/.test(given);
  if (declared === 'double') return isFloat || whole.test(given) || decimal.test(given);
  if (declared === 'bigint') return whole.test(given);
  if (declared === 'timestamp') return /^(?:TIMESTAMP(?:_S|_MS)?|DATE)$/.test(given);
  if (declared === 'boolean' || declared === 'date') return given === declared.toUpperCase();
  const [, , places] = decimal.exec(declared) ?? [];
  const [, , givenPlaces] = decimal.exec(given) ?? [];
  return whole.test(given) || (givenPlaces !== undefined && Number(givenPlaces) <= Number(places));
}
