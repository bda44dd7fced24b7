import { formatJsonPath, type JsonPath } from '../source/json-path.ts';
import { HttpError } from './http-error.ts';
import { elementsOf, findValue, type Span } from './json-scanner.ts';

/**
 * The document in pieces of at most `maxBytes`: each has everything around the selected list, and some of its elements.
 * Elements keep their text and order, each is in one piece.
 */
export function cutList(json: Buffer, selector: JsonPath, maxBytes: number): Buffer[] {
  const list = findValue(json, selector);
  if (!list) throw unfit(`there is no list at ${formatJsonPath(selector)}`);
  const before = json.subarray(0, list.start + 1);
  const after = json.subarray(list.end - 1);
  const room = maxBytes - before.length - after.length;
  const pieces: Buffer[] = [];
  for (const run of runsOf(elementsOf(json, list.start), room)) {
    pieces.push(Buffer.concat([before, json.subarray(run.start, run.end), after]));
  }
  if (pieces.length === 0) throw unfit(`what surrounds the empty list is larger than a line may be`);
  return pieces;
}

/** Neighbouring elements, as many as fit. */
function* runsOf(elements: Iterable<Span>, room: number): Generator<Span> {
  let run: Span | undefined;
  let number = 0;
  for (const element of elements) {
    number += 1;
    if (element.end - element.start > room) {
      throw unfit(`its record ${number} with what surrounds the list is larger than a line may be`);
    }
    if (run && element.end - run.start > room) {
      yield run;
      run = undefined;
    }
    run = { start: run?.start ?? element.start, end: element.end };
  }
  if (run) yield run;
}

function unfit(problem: string): HttpError {
  return new HttpError(`the response cannot be cut into lines: ${problem}; ask for less per request`, {
    retryable: false,
  });
}
