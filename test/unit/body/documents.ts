/** Documents with a list in them, for property tests. */
import * as fc from 'fast-check';
import { selectPath, type JsonPath } from '../../../pipeline/source/json-path.ts';

export interface Document {
  list: unknown[];
  path: JsonPath;
  text: string;
}

/** Texts full of what has a meaning outside of texts. */
const nasty = fc.string({
  unit: fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', 'a', 'é', '😀'),
});
const value = fc.jsonValue({ stringUnit: 'grapheme' });
const element = fc.oneof(value, nasty, fc.record({ a: nasty, b: fc.array(nasty, { maxLength: 3 }) }));

export const documents: fc.Arbitrary<Document> = fc
  .record({
    list: fc.array(element, { minLength: 1, maxLength: 30 }),
    steps: fc.array(fc.oneof(nasty, fc.nat({ max: 2 })), { maxLength: 3 }),
    sibling: value,
    space: fc.constantFrom(undefined, 1, '\t', '\r\n  '),
  })
  .map(({ list, steps, sibling, space }) => {
    let root: unknown = list;
    for (const step of steps.toReversed()) {
      root =
        typeof step === 'number'
          ? [...Array.from({ length: step }, () => sibling), root, sibling]
          : Object.fromEntries([
              ['before', sibling],
              [step, root],
              ['after', sibling],
            ]);
    }
    return {
      list: JSON.parse(JSON.stringify(list)) as unknown[],
      path: steps,
      text: JSON.stringify(root, null, space),
    };
  })
  // A name such as `before` may overwrite the list: then there is nothing to find.
  .filter(({ text, path }) => Array.isArray(selectPath(path, JSON.parse(text))));
