import type { Window } from '../incremental/windows.ts';
import type { Slice } from '../source/source.ts';
import type { OpenUnit } from './task.ts';

/** What lands together or not at all: the pages of one slice, or of a group, within one window. */
export interface Unit {
  slices: Slice[];
  window?: Window | undefined;
  /** Where an earlier invocation has stopped in it. */
  open?: OpenUnit | undefined;
}
