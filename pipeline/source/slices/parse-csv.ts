import { problemAt, type Problem, type TextFile } from '../problem.ts';

const shownRows = 10;

interface Cell {
  text: string;
  start: number;
  end: number;
}

/**
 * Commas, quotes where needed, a header line; blank lines are left out, and so are spaces around an unquoted cell. An
 * empty cell is null, every other one text: `01234` keeps its zero.
 */
export function parseCsv(file: TextFile): { records: Record<string, string | null>[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const [header, ...rows] = splitRows(file, problems);
  if (!header) {
    return {
      records: [],
      problems: [...problems, problemAt(file, { start: 0, end: 1 }, 'the file is empty')],
    };
  }
  checkHeader(file, header, problems);
  // One wrong separator spoils every line: the first few say it all.
  for (const row of rows.filter(({ length }) => length !== header.length).slice(0, shownRows)) {
    const place = row[Math.min(row.length, header.length + 1) - 1] ?? { start: 0, end: 1 };
    const message = `this line has ${row.length} values, the header has ${header.length} names; a value with a comma in it needs quotes`;
    problems.push(problemAt(file, place, message));
  }
  const records = rows.map((row) =>
    Object.fromEntries(header.map((name, index) => [name.text, row[index]?.text || null])),
  );
  return { records, problems };
}

function checkHeader(file: TextFile, header: Cell[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const cell of header) {
    if (seen.has(cell.text)) problems.push(problemAt(file, cell, `the field '${cell.text}' is there twice`));
    seen.add(cell.text);
    if (/^[A-Za-z]\w*$/.test(cell.text)) continue;
    const separators = /[;\t|]/.test(cell.text) ? '; the separator is a comma' : '';
    problems.push(
      problemAt(
        file,
        cell,
        `'${cell.text}' cannot name a field: letters, digits and _ after a letter${separators}`,
      ),
    );
  }
}

function splitRows(file: TextFile, problems: Problem[]): Cell[][] {
  const { text } = file;
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let offset = 0;
  while (offset <= text.length) {
    const cell = readCell(file, offset, problems);
    row.push(cell.value);
    offset = cell.end;
    if (text[offset] === ',') {
      offset += 1;
      continue;
    }
    if (row.length > 1 || row[0]?.text !== '') rows.push(row);
    row = [];
    offset += text.startsWith('\r\n', offset) ? 2 : 1;
  }
  return rows;
}

const quotedCell = /[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|\r?\n|$)/y;
const plainCell = /[^,\r\n]*/y;

function readCell(file: TextFile, offset: number, problems: Problem[]): { value: Cell; end: number } {
  quotedCell.lastIndex = offset;
  const quoted = quotedCell.exec(file.text);
  if (quoted) {
    const end = offset + quoted[0].length;
    return { value: { text: (quoted[1] ?? '').replaceAll('""', '"'), start: offset, end }, end };
  }
  plainCell.lastIndex = offset;
  const raw = plainCell.exec(file.text)?.[0] ?? '';
  const text = raw.trim();
  const start = offset + raw.indexOf(text);
  const end = offset + raw.length;
  if (text.startsWith('"') && problems.length < shownRows) {
    problems.push(
      problemAt(file, { start, end }, 'a quoted value is not closed here; a quote inside it is doubled'),
    );
  }
  return { value: { text, start, end: start + Math.max(1, text.length) }, end };
}
