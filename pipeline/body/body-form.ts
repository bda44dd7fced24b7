import type { SecretMask } from '../http/secret-mask.ts';
import type { JsonPath } from '../source/json-path.ts';
import type { ResponseFormat, Shape } from '../source/source.ts';

/** What is taken from the bodies of a resource. */
export interface BodyForm {
  response: ResponseFormat;
  /** `$` for NDJSON and CSV, whose records form one list. */
  selector: JsonPath;
  shape: Shape;
  /** Room for a body in a raw line (`roomForBody`); larger lists become several pieces. */
  maxPieceBytes?: number;
  protect?: readonly ProtectRule[];
  /** Of a list, map or columns: records for which it is false are left out. */
  keep?: (record: unknown) => boolean;
  /** Once per record as it was received: before `keep` and `protect`. Of columns: each row as an object. */
  onRecord?: (record: unknown) => void;
  /** What columns read outside of the list: in a streamed body they must stand before it. */
  envelopePaths?: readonly JsonPath[];
}

/** A value that never lands as it is; the path is within the record. */
export type ProtectRule = { path: JsonPath } & ({ how: 'redact' } | { how: 'hash'; key: string });

export interface BodyDeps {
  mask: Pick<SecretMask, 'maskBody'>;
  /**
   * Throws for a body that must not land. Of a streamed one it gets, at the end, all but the elements of the list; of one
   * that cannot be parsed, `undefined` and the beginning of the text, before the reader's own error.
   */
  judge: (document: unknown, text: string) => void;
}

/** The text of one raw line's body. `chunk`, from 1: only where the response takes several. */
export interface Piece {
  body: Buffer;
  chunk?: number;
}

/** What paging, cursors and the ledger need to know. Values are as received: not for logs, not for showing. */
export interface BodyFacts {
  /** Of a streamed body the selected list is empty in it. */
  document: unknown;
  records: number;
  /** Without those that `keep` left out. */
  kept: number;
  lastRecord: unknown;
  /** SHA-256 of the unpacked body, hex. */
  digest: string;
  /** Of the unpacked body. */
  bytes: number;
}

export interface BodyReading {
  pieces: AsyncIterable<Piece>;
  /** After the last piece. */
  facts: () => BodyFacts;
}
