/** Bytes of a part of an object, in one piece of memory that serves the next part again. */
export class PartBuffer {
  #store: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#store.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#store.length));
      this.#store.copy(larger, 0, 0, this.#length);
      this.#store = larger;
    }
    chunk.copy(this.#store, this.#length);
    this.#length = needed;
  }

  /** Hands over what is there, for as long as `work` takes: more may be appended meanwhile. */
  async take<Result>(work: (bytes: Buffer) => Promise<Result>): Promise<Result> {
    const [store, length] = [this.#store, this.#length];
    this.#store = Buffer.alloc(0);
    this.#length = 0;
    const result = await work(store.subarray(0, length));
    if (this.#length === 0) this.#store = store;
    return result;
  }
}
