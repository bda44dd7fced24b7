import type { Incremental, Span } from '../../pipeline/source/source.ts';

/** By time, from the first of November 2026 on, with whole seconds. */
export function incremental(more: Partial<Incremental> = {}): Incremental {
  return {
    cursor_path: '$.t',
    cursor_type: 'time',
    cursor_unit: 'iso',
    initial_value: { at: '2026-11-01T00:00:00Z' },
    bounds: 'half_open',
    granularity: 1000,
    format: 'iso',
    delay_ms: 0,
    row_order: 'none',
    client_side: false,
    on_cursor_value_missing: 'raise',
    ...more,
  };
}

export function span(parts: Partial<Span>): Span {
  return { months: 0, days: 0, ms: 0, ...parts };
}
