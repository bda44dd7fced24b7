/** Where a command writes: a stream of the process, or what a test listens with. */
export interface Output {
  write(text: string): unknown;
}
