import { expect } from 'chai';
import * as fc from 'fast-check';
import { findLink } from '../../../pipeline/paging/parse-link-header.ts';

const found: [what: string, header: string, target: string | undefined][] = [
  ['one link', '<https://a.example/?p=2>; rel="next"', 'https://a.example/?p=2'],
  [
    'the one of its relation, wherever it stands',
    '</1>; rel="prev", </3>; rel="next", </9>; rel="last"',
    '/3',
  ],
  ['a relation without quotes', '</2>;rel=next', '/2'],
  ['a relation in capitals', '</2>; REL="Next"', '/2'],
  ['one of several relations of a link', '</2>; rel="last  next"', '/2'],
  ['no part of a relation', '</2>; rel="next-page nextish"', undefined],
  ['another link only', '</2>; rel="prev"', undefined],
  ['commas and semicolons in the URL', '</2?a=1,2;b>; rel=next', '/2?a=1,2;b'],
  [
    'commas and angles in a quoted parameter',
    '</1>; title="a, <b>; \\"c\\""; rel=prev, </2>; rel=next',
    '/2',
  ],
  ['parameters without a value, and with a star', "</2>; crossorigin; title*=UTF-8''n%c3%a4; rel=next", '/2'],
  ['spaces around everything', ' </2> ; rel = "next" , ', '/2'],
  ['empty elements of the list', ', ,</1>; rel=prev,, </2>; rel=next,', '/2'],
  ['the first of two rel parameters', '</1>; rel=prev; rel=next', undefined],
  ['no link of another document', '</1>; rel=next; anchor="/other", </2>; rel=next', '/2'],
  ['the first of two links of the relation', '</2>; rel=next, </3>; rel=next', '/2'],
  ['an empty URL', '<>; rel=next', ''],
  ['an empty header', '', undefined],
  ['a trailing semicolon', '</2>; rel=next;', '/2'],
];

describe('findLink', () => {
  for (const [what, header, target] of found) {
    it(`finds ${what}`, () => {
      expect(findLink(header, 'next')).to.equal(target);
    });
  }

  for (const header of ['/2; rel=next', '</2', '</1>; rel=prev; rel"', '</2> rel=next', 'next']) {
    it(`refuses ${header}`, () => {
      expect(() => findLink(header, 'next')).to.throw(/Link header cannot be read/);
    });
  }

  it('finds any link among any others', () => {
    const url = fc.string({ unit: fc.constantFrom('a', '/', ',', ';', '=', '"', '?', ' ') });
    const title = fc.string().map((text) => `title=${JSON.stringify(text.replaceAll(/[^ -~]/g, ''))}`);
    const other = fc.tuple(url, title).map(([target, said]) => `<${target}>; ${said}; rel="prev"`);
    fc.assert(
      fc.property(
        fc.array(other, { maxLength: 4 }),
        url,
        title,
        fc.array(other, { maxLength: 4 }),
        (before, target, said, after) => {
          const header = [...before, `<${target}>; ${said}; rel="next"`, ...after].join(', ');
          expect(findLink(header, 'next')).to.equal(target);
        },
      ),
    );
  });

  it('reads a header that is full of openings in a straight line', () => {
    expect(() => findLink('<'.repeat(50_000), 'next')).to.throw(/cannot be read/);
    expect(findLink(`</1>${'; a="'.repeat(20_000)}`, 'next')).to.equal(undefined);
  });
});
