import type { Landing, UnitLanding } from '../../pipeline/fetch/landing.ts';
import type { LandedObject } from '../../pipeline/ledger/items.ts';
import type { TakenWindow } from '../../pipeline/ledger/window.ts';
import type { FetchDeps } from './deps.ts';
import { holdLines, type HeldLines } from './hold-lines.ts';
import { landLines, type RawObjects } from './land-lines.ts';

/**
 * What is more goes into objects of its own. A response that was read in one piece fits into a page; units are under way
 * in greater number than requests.
 */
const mostHeld = { page: 9 * 2 ** 20, unit: 4 * 2 ** 20 };

interface Limits {
  maxBytes?: number;
  partBytes?: number;
  held?: typeof mostHeld;
}

/**
 * The landing of a window in S3. Whole units that are small share raw objects, because small objects are what an engine
 * pays for; what is given up leaves at worst an object that no commit names.
 */
export function landWindow(
  window: TakenWindow,
  deps: Pick<FetchDeps, 's3' | 'stagingBucket'>,
  { held = mostHeld, ...limits }: Limits = {},
): Landing {
  let parts = 0;
  const opened = new Set<RawObjects>();
  const openObjects = (): RawObjects => {
    const objects = landLines(window, deps, { ...limits, nextPart: () => (parts += 1) - 1 });
    opened.add(objects);
    return objects;
  };
  const shared = openObjects();
  const whole: LandedObject[] = [];

  const openUnit = (kept: LandedObject[] = []): UnitLanding => {
    const objects = [...kept];
    const unit = holdLines(openObjects, held.unit);
    const add = (more: LandedObject[]): void => void objects.push(...more);
    const pages = new Set<HeldLines>();
    const dropPages = async (): Promise<void> => {
      for (const page of pages) await page.abort();
    };
    return {
      openPage: () => {
        const page = holdLines(openObjects, held.page);
        pages.add(page);
        return {
          write: (line) => page.write([line]),
          commit: async () => {
            await page.pour({ write: unit.write, add });
            pages.delete(page);
          },
          abort: () => {
            pages.delete(page);
            return page.abort();
          },
        };
      },
      commit: async () => {
        await unit.pour({ write: (lines) => shared.write(lines), add });
        whole.push(...objects);
      },
      keep: async () => {
        await dropPages();
        const own = openObjects();
        await unit.pour({ write: (lines) => own.write(lines), add });
        return [...objects, ...(await own.finish())];
      },
      abort: async () => {
        await dropPages();
        await unit.abort();
      },
    };
  };

  return {
    openUnit,
    finish: async () => [...whole, ...(await shared.finish())],
    abort: async () => {
      for (const objects of opened) await objects.abort();
    },
  };
}
