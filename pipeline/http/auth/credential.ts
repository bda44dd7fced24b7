/** What proves who asks: a stored key, or a token that was got with one. */
export interface Credential {
  current(): Promise<string>;
  /** After `refused` was turned down: what is newer, or `refused` itself when nothing is. */
  renew(refused: string): Promise<string>;
}
