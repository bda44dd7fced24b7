/** Checks and cleansing of columns, and what a contract makes of fields it does not know. */
import { json } from '../answers.ts';
import type { Row } from '../row.ts';

const checked = (column: string) => `columns: { id: bigint, v: { ${column} } }`;

const values = (...list: unknown[]) => json(list.map((v, at) => ({ id: at + 1, v })));

export const checks: Row[] = [
  {
    name: 'not_null sends a row to quarantine',
    source: checked('type: double, not_null: true'),
    api: [values(1, null)],
    rows: [{ id: 1 }],
    rejects: ['not_null'],
  },
  {
    name: 'in sends what is not in the list to quarantine',
    source: checked('type: string, in: [open, closed]'),
    api: [values('open', 'ajar', null)],
    rows: [{ id: 1 }, { id: 3, v: null }],
    rejects: ['not_in'],
  },
  {
    name: 'min and max, both ends allowed',
    source: checked('type: double, min: -90, max: 60'),
    api: [values(-90, 60, 60.5, -91)],
    rows: [{ id: 1 }, { id: 2 }],
    rejects: ['above_max', 'below_min'],
  },
  {
    name: 'matches sends what does not match to quarantine',
    source: checked("type: string, matches: '^[A-Z]{4}$'"),
    api: [values('KNYC', 'nyc')],
    rows: [{ id: 1 }],
    rejects: ['no_match'],
  },
  {
    name: 'a warning keeps the row',
    source: checked('type: double, max: 60, on_fail: warn'),
    api: [values(61)],
    rows: [{ id: 1, v: '61.0' }],
    rejects: [],
    violations: ['warn above_max v'],
  },
  {
    name: 'a rule that fails the load names itself',
    source: checked('type: double, not_null: true, on_fail: fail'),
    api: [values(null)],
    rows: [],
    rejects: ['not_null'],
    violations: ['fail not_null v'],
  },
  {
    name: 'a value that is to be unique, and stands in two rows, is told of: nobody knows which one is wrong',
    source: checked('type: string, unique: true, on_fail: warn'),
    api: [values('a', 'b', 'a')],
    rows: [1, 2, 3],
    violations: ['warn not_unique v'],
  },
  {
    name: 'trim, null_if and default cleanse before anything is checked',
    source: checked("type: string, trim: true, null_if: ['', 'N/A'], default: none, not_null: true"),
    api: [values(' a ', '', 'N/A', null)],
    rows: [{ v: 'a' }, { v: 'none' }, { v: 'none' }, { v: 'none' }],
    rejects: [],
  },
  {
    name: 'null_if makes a sentinel null',
    source: checked('type: double, null_if: [-9999]'),
    api: [values(-9999, 5)],
    rows: [{ v: null }, { v: '5.0' }],
  },
  {
    name: 'a value of another type goes to quarantine with its reason',
    source: checked('type: bigint'),
    api: [values(1, 'many', 1.5)],
    rows: [{ id: 1, v: 1 }],
    rejects: ['cast', 'cast'],
  },
  {
    name: 'schema_contract freeze takes no row with a new field, and fails the load',
    source: 'schema_contract: freeze',
    api: [json([{ id: 1 }, { id: 2, new: 1 }])],
    rows: [1],
    rejects: ['contract_column'],
    violations: ['fail contract_column new'],
  },
  {
    name: 'schema_contract discard_value drops what no column names',
    source: 'schema_contract: discard_value',
    api: [json([{ id: 1, new: 1 }])],
    rows: [{ id: 1, _extra: null }],
  },
  {
    name: 'schema_contract discard_row leaves the row out',
    source: 'schema_contract: discard_row',
    api: [json([{ id: 1 }, { id: 2, new: 1 }])],
    rows: [1],
    rejects: ['contract_column'],
  },
  {
    name: 'schema_contract of values: a wrong one is left out, its row stays',
    source: 'columns: { id: bigint, v: double }\nschema_contract: { data_type: discard_value }',
    api: [
      json([
        { id: 1, v: 'much' },
        { id: 2, v: 2 },
      ]),
    ],
    rows: [
      { id: 1, v: null },
      { id: 2, v: '2.0' },
    ],
  },
];
