const leastBytes = 512 * 1024;

/** The part of a stream that is being looked at: grows at its end, is let go at its beginning. */
export class ByteWindow {
  #store: Buffer;
  #start = 0;
  #end: number;
  #source: AsyncIterator<Buffer>;

  /** `first`: what has been read of the source already. */
  constructor(first: Buffer, source: AsyncIterator<Buffer>) {
    this.#store = first;
    this.#end = first.length;
    this.#source = source;
  }

  /** Valid until more bytes are asked for. */
  get bytes(): Buffer {
    return this.#store.subarray(this.#start, this.#end);
  }

  /** False at the end of the stream. */
  async more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#append(next.value);
    return true;
  }

  drop(count: number): void {
    this.#start += count;
  }

  #append(chunk: Buffer): void {
    const held = this.#end - this.#start;
    const needed = held + chunk.length;
    if (this.#end + chunk.length > this.#store.length) {
      // Twice what is needed, so that what is held is seldom moved; much more than that is given back.
      const fits = 2 * needed <= this.#store.length && this.#store.length <= Math.max(leastBytes, 8 * needed);
      const target = fits ? this.#store : Buffer.allocUnsafe(Math.max(2 * needed, leastBytes));
      this.#store.copy(target, 0, this.#start, this.#end);
      this.#store = target;
      this.#start = 0;
      this.#end = held;
    }
    chunk.copy(this.#store, this.#end);
    this.#end += chunk.length;
  }
}
