import type { Page } from './page.ts';
import type { Run } from './run.ts';
import type { Unit } from './unit.ts';

/** Tells whoever looks on: preview, record. */
export function showPage(
  { facts, outcome, status, kept, bytes }: Page,
  { unit, page, next }: { unit: Unit; page: number; next: { request?: unknown; end?: string } },
  { ports, resource, asker }: Run,
): void {
  if (!ports.onExchange) return;
  const { request, headers, records } = facts;
  ports.onExchange({
    resource: resource.name,
    ...(asker !== undefined && { asker }),
    slices: unit.slices,
    page,
    request: { ...request, shownUrl: ports.auth.shownUrl(request) },
    status,
    headers,
    ...(outcome === 'landed' && { records, kept, bytes }),
    outcome: outcome === 'none' ? 'ignored' : outcome,
    next: next.end ?? 'another page',
  });
}
