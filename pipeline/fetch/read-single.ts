import { readRecords } from '../body/read-records.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import { judgeBody } from './judge-body.ts';
import { lookAtRecords } from './look-at-records.ts';
import { landedPage, type Page } from './page.ts';
import type { OpenPage } from './page-ask.ts';
import type { Run } from './run.ts';
import { lineWriter } from './write-lines.ts';

/** One response of one slice. */
export async function readSingle(answer: HttpAnswer, { ask, landing }: OpenPage, run: Run): Promise<Page> {
  const [slice = {}] = ask.unit.slices;
  const write = lineWriter(answer, { ask, landing, slice }, run);
  const { form, watch } = lookAtRecords(ask.unit, run, write.room);
  const reading = readRecords(answer, form, { mask: run.ports.mask, judge: judgeBody(answer, ask, run) });
  for await (const piece of reading.pieces) await write(piece);
  return landedPage(answer, { ask, landing, facts: reading.facts(), watches: [watch] }, run);
}
