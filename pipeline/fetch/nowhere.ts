import type { PageLanding, UnitLanding } from './landing.ts';

/** For a page without anything to land. */
export const noPage: PageLanding = {
  write: async () => undefined,
  commit: async () => undefined,
  abort: async () => undefined,
};

/** For a parent's pages, which are looked at and not kept. */
export const nowhere: UnitLanding = {
  openPage: () => noPage,
  commit: async () => undefined,
  keep: async () => [],
  abort: async () => undefined,
};
