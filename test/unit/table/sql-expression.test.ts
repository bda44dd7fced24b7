import { expect } from 'chai';
import { ConfigError } from '../../../pipeline/errors.ts';
import { embedExpression } from '../../../pipeline/table/sql-expression.ts';

describe('an expression of the source', () => {
  const good = [
    'temp_c * 1.8 + 32',
    "coalesce(name, 'it''s (not', \"odd )name\")",
    'a - b / 2 -- with a ( comment',
    "CAST(at AS TIMESTAMP WITH TIME ZONE) AT TIME ZONE 'UTC'",
    'list_transform([1, 2], lambda x: x + id)',
    "extract(year FROM day) > 2000 AND state IN ('values', 'select')",
    "{'a': id}.a",
  ];
  for (const text of good) {
    it(`stands as it is, in lines of its own: ${text}`, () => {
      expect(embedExpression(text, 'here')).to.equal(`(\n${text}\n)`);
    });
  }

  const arrows: [string, string][] = [
    ["record->'a' IS NULL", "(record->'a') IS NULL"],
    ["record->>'it''s' = 'x'", "(record->>'it''s') = 'x'"],
    [
      "NOT record -> 'a' ->> 0 = '1' OR \"b\"->>'$.c' LIKE 'x'",
      "NOT (record -> 'a' ->> 0) = '1' OR (\"b\"->>'$.c') LIKE 'x'",
    ],
    [`"it's" = record->>'a'`, `"it's" = (record->>'a')`],
    ["name = 'record->''a''' -- record->'a'", "name = 'record->''a''' -- record->'a'"],
  ];
  for (const [text, bound] of arrows) {
    it(`binds arrows before all else: ${text}`, () => {
      expect(embedExpression(text, 'here')).to.equal(`(\n${bound}\n)`);
    });
  }

  const bad: [string, string][] = [
    ['', 'it is empty'],
    [' -- nothing', 'it is empty'],
    ['(a', ') is missing at its end'],
    ['a)', ') closes nothing'],
    ['a) FROM x -- (', ') closes nothing'],
    ['(a]', '] closes nothing'],
    ["'a", "' is never closed"],
    ['"a', '" is never closed'],
    ['a; DROP TABLE lines', '; has no place in it'],
    ['a /* b', '/* has no place in it'],
    ['a = ?', '? has no place in it'],
    ['a = $1', '$1 has no place in it'],
    ['$$x$$', '$ has no place in it'],
    [String.raw`E'\''`, "E' begins a text of another kind"],
    ['(SELECT 1)', 'SELECT would begin a query'],
    ['a IN (FROM lines)', 'FROM would begin a query'],
    ['(table lines)', 'table would begin a query'],
    ["FROM read_text('/etc/passwd')", 'FROM would begin a query'],
  ];
  for (const [text, why] of bad) {
    it(`is refused: ${text || 'empty'}`, () => {
      expect(() => embedExpression(text, 'columns.x'))
        .to.throw(ConfigError)
        .with.property('message')
        .that.contains(`columns.x: ${why}`);
    });
  }
});
