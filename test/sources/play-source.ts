/** A ready-made source file as it is, but for its host: played against a hostile API through the real loader and engine. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadSource } from '../../pipeline/source/load-source.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { startHostileApi, type Answer, type HostileApi } from '../conformance/api-server.ts';
import type { Observed } from '../conformance/judge.ts';
import { createRowParser, type RowParser } from '../conformance/parse-rows.ts';
import { playScript } from '../conformance/play-script.ts';
import type { Fetch, Script } from '../conformance/row.ts';
import { openStage } from '../conformance/stage.ts';

export interface Played {
  source: CompiledSource;
  warnings: string;
  seen: Observed[];
}

export interface SourcePlayer {
  play: (
    script: Script,
    options?: { secrets?: Record<string, string>; fetches?: Fetch[] },
  ) => Promise<Played>;
}

const folder = resolve(import.meta.dirname, '../../sources');

/** Call it in `describe`: it starts and stops what the tests need. */
export function sourcePlayer(name: string): SourcePlayer {
  let api: HostileApi;
  let parser: RowParser;

  before(async () => {
    api = await startHostileApi();
    parser = await createRowParser();
  });

  after(async () => {
    parser.close();
    await api.stop();
  });

  return {
    play: async (script, { secrets, fetches = [{}] } = {}) => {
      const text = await readFile(resolve(folder, `${name}.yaml`), 'utf8');
      const loaded = await loadSource({
        name: `${name}.yaml`,
        text: text.replace(/^ {2}base_url: https:\/\/[^/]+/m, `  base_url: ${api.url}`),
        readFile: (file) => readFile(resolve(folder, file), 'utf8'),
        now: new Date('2026-11-21T10:05:00Z'),
      });
      if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
      api.play(playScript(script));
      const stage = openStage(loaded.source, { api, parser, secrets });
      try {
        const seen: Observed[] = [];
        for (const fetch of fetches) seen.push(await stage.fetch(fetch));
        return { source: loaded.source, warnings: formatProblems(loaded.warnings), seen };
      } finally {
        await stage.close();
      }
    },
  };
}

/** A fixture's body, as its API would send it. */
export async function fixture(path: string, more: Answer = {}): Promise<Answer> {
  const bytes = await readFile(resolve(import.meta.dirname, 'fixtures', path));
  return { bytes, ...more, headers: { 'content-type': 'application/json', ...more.headers } };
}

/** Requests as `path?name=value`, decoded. */
export function targets({ questions }: Observed): string[] {
  return questions.map(({ target }) => decodeURIComponent(target.replaceAll('+', ' ')));
}
