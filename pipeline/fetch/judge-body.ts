import type { HttpAnswer } from '../http/send-request.ts';
import type { SentAsk } from './page-ask.ts';
import type { NoRecords } from './page.ts';
import type { Run } from './run.ts';
import { warnOnce } from './warn-once.ts';

/** The judge says that this body has nothing to land, and that it is no error. */
export class Withheld extends Error {
  verdict: NoRecords;

  constructor(verdict: NoRecords) {
    super(verdict.reason);
    this.verdict = verdict;
  }
}

/** For the readers of bodies: throws for one that must not land. */
export function judgeBody(answer: HttpAnswer, { sent }: SentAsk, run: Run) {
  const { judge } = run;
  return (document: unknown, text: string): void => {
    const verdict =
      document === undefined ? judge.text(answer, text, sent) : judge.document(answer, text, document);
    if (verdict && !verdict.land) throw new Withheld(verdict);
    warnOnce(verdict?.warning, run);
  };
}
