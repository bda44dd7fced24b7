import { expect } from 'chai';
import { formatProblems, problemAt, sortProblems } from '../../../pipeline/source/problem.ts';

function frameAt(text: string, start: number, end: number): string[] {
  return problemAt({ name: 'a.yaml', text }, { start, end }, 'wrong').frame.split('\n');
}

describe('problemAt', () => {
  it('counts lines and columns from 1, after any line end', () => {
    const problem = problemAt({ name: 'a.yaml', text: 'one\r\ntwo: x\n' }, { start: 10, end: 11 }, 'wrong');
    expect(problem).to.include({ line: 2, column: 6, severity: 'error' });
    expect(problem.frame).to.equal('1 | one\n2 | two: x\n  |      ^');
  });

  it('shows the first and the last line without a neighbour', () => {
    expect(frameAt('abc\nd\n', 0, 3)).to.deep.equal(['1 | abc', '  | ^^^', '2 | d']);
    expect(frameAt('abc\nd', 4, 5)).to.deep.equal(['1 | abc', '2 | d', '  | ^']);
    expect(frameAt('', 0, 1)).to.deep.equal(['1 |', '  | ^']);
  });

  it('keeps carets on one line, and one at least', () => {
    expect(frameAt('abc\ndef', 1, 7)[1]).to.equal('  |  ^^');
    expect(frameAt('abc\ndef', 3, 3)[1]).to.equal('  |    ^');
    expect(frameAt('abc', 99, 200)[1]).to.equal('  |    ^');
  });

  it('aligns the numbers, and takes a tab for one space', () => {
    const text = `${'x\n'.repeat(8)}\ta\nten`;
    expect(frameAt(text, 17, 18)).to.deep.equal([' 8 | x', ' 9 |  a', '   |  ^', '10 | ten']);
  });

  it('cuts long lines around the place', () => {
    const text = `${'a'.repeat(300)}X${'b'.repeat(300)}`;
    const [line = '', carets = ''] = frameAt(text, 300, 301);
    expect(line.length).to.be.lessThan(110);
    expect(line[carets.indexOf('^')]).to.equal('X');
  });
});

describe('sortProblems', () => {
  it('follows the file, and says the same thing at the same place once', () => {
    const file = { name: 'a.yaml', text: 'ab\ncd' };
    const [one, two] = [
      problemAt(file, { start: 0, end: 1 }, 'one'),
      problemAt(file, { start: 4, end: 5 }, 'two'),
    ];
    expect(sortProblems([two, one, { ...two }])).to.deep.equal([one, two]);
    expect(formatProblems([one, { ...two, severity: 'warning' }])).to.equal(
      'a.yaml:1:1: one\n1 | ab\n  | ^\n2 | cd\n\na.yaml:2:2: warning: two\n1 | ab\n2 | cd\n  |  ^\n',
    );
  });
});
