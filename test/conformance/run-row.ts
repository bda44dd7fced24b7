import type { HostileApi } from './api-server.ts';
import { loadRow } from './build-source.ts';
import { judge } from './judge.ts';
import type { RowParser } from './parse-rows.ts';
import { playScript } from './play-script.ts';
import type { Row } from './row.ts';
import { openStage } from './stage.ts';

/** Plays a row; the answer names every difference between what was seen and what the row says. */
export async function runRow(
  row: Row,
  { api, parser }: { api: HostileApi; parser: RowParser },
): Promise<string[]> {
  const loaded = await loadRow(row, api, new Date('2026-11-21T10:05:00Z'));
  const problems = loaded.ok ? [] : loaded.problems.map(({ message }) => message);
  if (row.refused) {
    const said = problems.join('\n');
    return row.refused.test(said)
      ? []
      : [`check: expected a refusal like ${row.refused}, seen ${said || 'none'}`];
  }
  if (!loaded.ok) return problems.map((problem) => `check: ${problem}`);
  const { timeoutMs } = row;
  const { client } = loaded.source;
  const source =
    timeoutMs === undefined
      ? loaded.source
      : { ...loaded.source, client: { ...client, timeout_ms: timeoutMs } };
  api.play(playScript(row.api));
  const stage = openStage(source, { api, parser, secrets: row.secrets, kind: row.kind });
  try {
    const wrong: string[] = [];
    for (const [at, fetch] of (row.fetches ?? [row]).entries()) {
      const name = row.fetches ? `fetch ${at + 1}: ` : '';
      wrong.push(...judge(fetch, await stage.fetch(fetch)).map((difference) => `${name}${difference}`));
    }
    return wrong;
  } finally {
    await stage.close();
  }
}
