import type { HttpRequest } from '../http/send-request.ts';

/** What is known of a page that has been read. */
export interface PageFacts {
  /** What was asked; relative links continue its URL. */
  request: HttpRequest;
  /** Of the response, names in lower case. */
  headers: Record<string, string>;
  /** The parsed body; the selected list of a huge one may be empty in it. Undefined: the answer had none (204). */
  document: unknown;
  /** As the API sent them, before anything is left out. */
  records: number;
  lastRecord: unknown;
  /** sha256 of the body, hex. */
  digest: string;
  /** A response filter said `stop_paging`. */
  stop?: boolean;
}

export type NextPage =
  | { request: HttpRequest }
  /** Why it was the last page, for preview and logs; `warning`: what looks odd about it. */
  | { end: string; warning?: string };

/** What leads to a page: a number, a token, a URL, members to send back. JSON. */
export type Lead = string | number | boolean | object;

/** Pages and records that have been read. */
export interface Progress {
  pages: number;
  records: number;
}

/** One way to get from a page to the next. */
export interface Way {
  first: HttpRequest;
  /** Pages by number or offset: nothing in them leads on, and their end is what the stop rules say. */
  counted: boolean;
  /** Every page with a record leads on, the last one too. */
  endless: boolean;
  /** The lead that would be the first page again. */
  firstLead?: Lead;
  /** What leads to the page after this one, which `lead` led to; undefined: nothing does. */
  leadFrom(page: PageFacts, lead: Lead | undefined): Lead | undefined;
  follow(lead: Lead): HttpRequest;
}
