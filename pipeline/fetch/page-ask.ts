import type { Validators } from '../http/conditional.ts';
import type { HttpRequest } from '../http/send-request.ts';
import type { PageLanding, UnitLanding } from './landing.ts';
import type { Unit } from './unit.ts';

export interface PageAsk {
  unit: Unit;
  /** Without its key. */
  request: HttpRequest;
  /** From 1. */
  page: number;
  /** Of the last committed response to this request. */
  validators?: Validators | undefined;
  landing: UnitLanding;
}

/** `sent`: the request as it went out. */
export type SentAsk = PageAsk & { sent: HttpRequest };

export interface OpenPage {
  ask: SentAsk;
  landing: PageLanding;
}
