import type { ByteWindow } from './byte-window.ts';
import { damaged } from './damage.ts';
import { tooLargeRecord } from './edit-items.ts';
import { closeList, comma, readValue, skipSpace, type Scan, type Span } from './json-scanner.ts';

/** Elements next to each other, with the commas between them. */
export interface Run {
  count: number;
  /** Valid until the next run is asked for. */
  json: Buffer;
}

interface ScannerOptions {
  status: number;
  /** Bytes that one element may have. */
  most: number;
  /** Bytes that a run of several may have. */
  runBytes: number;
}

/** Reads the elements of a list, from after its bracket to the bracket that closes it. */
export class ElementScanner {
  #window: ByteWindow;
  #options: ScannerOptions;
  #at = 0;
  /** The element that is being read, or has been but did not fit into the last run. */
  #element: (Scan & { start: number; whole: boolean }) | undefined;
  #expected: 'first element' | 'element' | 'comma' = 'first element';
  #elements = 0;
  #ended = false;

  constructor(window: ByteWindow, options: ScannerOptions) {
    this.#window = window;
    this.#options = options;
  }

  /** Undefined when the list has ended; the window then begins with its closing bracket. */
  async next(): Promise<Run | undefined> {
    this.#forget();
    for (;;) {
      const run = this.#scan();
      if (run) return { count: run.count, json: this.#window.bytes.subarray(run.start, run.end) };
      if (this.#ended) {
        this.#forget();
        return undefined;
      }
      this.#forget();
      if (!(await this.#window.more())) throw this.#cutShort();
    }
  }

  /** As many elements as are there and fit; leaves off at the end of the bytes, of the list, or of a full run. */
  #scan(): (Span & { count: number }) | undefined {
    const { bytes } = this.#window;
    let run: (Span & { count: number }) | undefined;
    while (!this.#ended) {
      const element = (this.#element ??= this.#begin(bytes));
      if (!element) break;
      element.whole ||= readValue(bytes, element);
      if (element.at - element.start > this.#options.most) throw tooLargeRecord(this.#elements + 1);
      if (!element.whole) break;
      if (run && element.at - run.start > this.#options.runBytes) break;
      run = { start: run?.start ?? element.start, end: element.at, count: (run?.count ?? 0) + 1 };
      this.#at = element.at;
      this.#element = undefined;
      this.#expected = 'comma';
      this.#elements += 1;
    }
    return run;
  }

  /** The beginning of the next element; undefined where the list or the bytes end. */
  #begin(bytes: Buffer): (Scan & { start: number; whole: boolean }) | undefined {
    for (;;) {
      this.#at = skipSpace(bytes, this.#at);
      const byte = bytes[this.#at];
      if (byte === undefined) return undefined;
      if (byte === closeList && this.#expected !== 'element') {
        this.#ended = true;
        return undefined;
      }
      if (this.#expected !== 'comma') {
        if (byte === closeList || byte === comma) throw this.#misplaced(byte);
        return { start: this.#at, at: this.#at, depth: 0, inText: false, whole: false };
      }
      if (byte !== comma) throw this.#misplaced(byte);
      this.#expected = 'element';
      this.#at += 1;
    }
  }

  /** Lets go of what has been read. */
  #forget(): void {
    const done = this.#element?.start ?? this.#at;
    this.#window.drop(done);
    this.#at -= done;
    if (!this.#element) return;
    this.#element.start -= done;
    this.#element.at -= done;
  }

  #misplaced(byte: number): Error {
    const { status } = this.#options;
    return damaged(
      status,
      `the body is no whole JSON: '${String.fromCodePoint(byte)}' after record ${this.#elements} of the list`,
    );
  }

  #cutShort(): Error {
    return damaged(this.#options.status, `the body is cut short after record ${this.#elements} of the list`);
  }
}
