/** One response: judged, its records looked at, and written as raw lines to a page that is not committed yet. */
import { readBeginning } from '../body/read-beginning.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import { Withheld } from './judge-body.ts';
import { emptyPage, type Page } from './page.ts';
import type { SentAsk } from './page-ask.ts';
import { readGroup } from './read-group.ts';
import { readSingle } from './read-single.ts';
import type { Run } from './run.ts';

/** Enough of an error page to find the reason in it. */
const beginningBytes = 64 * 1024;

export async function readPage(answer: HttpAnswer, ask: SentAsk, run: Run): Promise<Page> {
  if (!run.judge.mayLand(answer)) {
    const text = run.ports.mask.maskBody(await readBeginning(answer, beginningBytes));
    const verdict = run.judge.text(answer, text, ask.sent);
    if (verdict && !verdict.land) return emptyPage(answer, ask, { run, verdict });
  }
  const landing = ask.landing.openPage();
  try {
    return await (run.resource.group ? readGroup : readSingle)(answer, { ask, landing }, run);
  } catch (error) {
    await landing.abort();
    if (error instanceof Withheld) return emptyPage(answer, ask, { run, verdict: error.verdict });
    throw error;
  }
}
