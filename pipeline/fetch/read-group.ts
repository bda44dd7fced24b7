/** One response with the answers of several slices: cut apart, each becomes lines of its own slice. */
import { readWhole } from '../body/read-whole.ts';
import { splitAnswers } from '../body/split-answers.ts';
import { takeRecords } from '../body/take-records.ts';
import { HttpError } from '../http/http-error.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import type { RecordWatch } from '../incremental/watch-records.ts';
import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { Slice, SliceGroup } from '../source/source.ts';
import { renderTemplate } from '../source/template.ts';
import { judgeBody } from './judge-body.ts';
import { lookAtRecords } from './look-at-records.ts';
import { landedPage, type Page } from './page.ts';
import type { OpenPage } from './page-ask.ts';
import type { Run } from './run.ts';
import { lineWriter } from './write-lines.ts';

export async function readGroup(answer: HttpAnswer, { ask, landing }: OpenPage, run: Run): Promise<Page> {
  const group = run.resource.group as SliceGroup;
  const { slices } = ask.unit;
  const whole = await readWhole(answer, {
    response: run.form.response,
    mask: run.ports.mask,
    judge: judgeBody(answer, ask, run),
  });
  const cut = splitAnswers(whole.json, parseJsonPath(group.answers));
  // One slice alone may be answered without a list around it.
  const answers = slices.length === 1 && cut.length !== 1 ? [whole.json] : cut;
  const documents = answers.map((text) => JSON.parse(text.toString()) as unknown);
  const owners = ownersOf(documents, slices, group);
  const facts = { records: 0, kept: 0, lastRecord: undefined as unknown };
  const watches: (RecordWatch | undefined)[] = [];
  for (const [index, text] of answers.entries()) {
    const owner = owners[index] as number;
    run.judge.answer(answer, documents[index]);
    const write = lineWriter(answer, { ask, landing, slice: slices[owner] as Slice }, run);
    const { form, watch } = lookAtRecords(ask.unit, run, write.room);
    const taken = takeRecords(text, documents[index], form);
    for (const piece of taken.pieces) await write(piece);
    facts.records += taken.records;
    facts.kept += taken.kept;
    facts.lastRecord = taken.lastRecord ?? facts.lastRecord;
    watches[owner] = watch;
  }
  const { document, digest, bytes } = whole;
  return landedPage(answer, { ask, landing, facts: { ...facts, document, digest, bytes }, watches }, run);
}

/** Whose answer each one is: the index of its slice. */
function ownersOf(documents: unknown[], slices: Slice[], { match }: SliceGroup): number[] {
  if (documents.length !== slices.length) {
    throw mismatch(`has ${documents.length} answers for ${slices.length} slices`);
  }
  if (match === 'position') return documents.map((_, index) => index);
  const path = parseJsonPath(match.path);
  const byValue = new Map(slices.map((slice, index) => [renderTemplate(match.value, slice), index]));
  const owners = documents.map((document) => {
    const value = String(selectPath(path, document));
    const owner = byValue.get(value);
    if (owner === undefined)
      throw mismatch(`has an answer with ${value} at ${match.path}, which no slice asked for`);
    return owner;
  });
  if (new Set(owners).size < owners.length) throw mismatch(`has two answers with one value at ${match.path}`);
  return owners;
}

function mismatch(what: string): HttpError {
  return new HttpError(
    `the response ${what}; check group, answers and match of for_each: no answer may land under another slice's name`,
    { retryable: false, status: 200 },
  );
}
