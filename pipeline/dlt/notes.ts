/** What of a configuration could not be carried over, or not as it was, and what to do about it. */
export interface Note {
  /** In the dlt configuration: `resources[2].endpoint.paginator`. */
  path: string;
  reason: string;
}

export interface Notes {
  add(path: string, reason: string): void;
  /** A mapping's keys that nobody has read. */
  addUnread(path: string, value: Record<string, unknown>, read: readonly string[]): void;
  all(): Note[];
}

/** Keys of dlt that mean nothing here, and why. */
const meaningless: Record<string, string> = {
  parallelized: 'requests run side by side as client.concurrency says',
  max_table_nesting: 'what no column names stays in _extra',
  selected: 'every resource is a table here',
  session: 'a session is Python',
  processing_steps: 'steps are Python: see include_when, and column expressions',
};

export function takeNotes(): Notes {
  const notes: Note[] = [];
  const add = (path: string, reason: string): void => void notes.push({ path, reason });
  return {
    add,
    addUnread: (path, value, read) => {
      for (const key of Object.keys(value).filter((name) => !read.includes(name))) {
        add(path === '' ? key : `${path}.${key}`, meaningless[key] ?? 'has no counterpart');
      }
    },
    all: () => notes,
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
