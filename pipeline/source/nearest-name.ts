/** Words that people bring along from other tools, and ours for them. */
const synonyms = new Map(
  Object.entries({
    text: 'string',
    str: 'string',
    char: 'string',
    json: 'string',
    uuid: 'string',
    int: 'bigint',
    long: 'bigint',
    smallint: 'bigint',
    float: 'double',
    real: 'double',
    bool: 'boolean',
    datetime: 'timestamp',
    timestamptz: 'timestamp',
    hourly: 'hour',
    daily: 'day',
    monthly: 'month',
    yearly: 'year',
    seconds: 's',
    milliseconds: 'ms',
    microseconds: 'us',
    array: 'list',
    schedule: 'every',
    url: 'base_url',
    authentication: 'auth',
    retries: 'max_attempts',
    query: 'params',
    body: 'json',
    key: 'primary_key',
    schema: 'columns',
    fields: 'columns',
    selector: 'data_selector',
    datapath: 'data_selector',
    recordpath: 'data_selector',
    where: 'include_when',
    filter: 'include_when',
    data: 'form',
    pagination: 'paginator',
    responseactions: 'response_filters',
    errorhandler: 'response_filters',
    ratelimit: 'api_budget',
    statuscode: 'status',
    httpcodes: 'status',
    content: 'contains',
    regex: 'matches',
    pattern: 'matches',
    enum: 'in',
    values: 'in',
    nullable: 'not_null',
    required: 'not_null',
    sql: 'expression',
    lag: 'lookback_window',
    lookback: 'lookback_window',
    startdate: 'initial_value',
    startvalue: 'initial_value',
    enddate: 'end_value',
    cursorfield: 'cursor_path',
    linksnextkey: 'rel',
    nextpath: 'next_url_path',
    maximumpage: 'maximum_pages',
    stopafteremptypage: 'stop_after',
    basic: 'http_basic',
    oauth2: 'oauth2_client_credentials',
    skip: 'skip_and_report',
    link: 'header_link',
    closed: 'inclusive',
    rows: 'records',
  }),
);

/** The known name that was probably meant; undefined when none is near enough. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = simplify(name);
  const limit = wanted.length < 3 ? 0 : Math.floor(wanted.length / 3);
  let best: { name: string; distance: number } | undefined;
  for (const [word, meant] of [...known.map((own) => [simplify(own), own] as const), ...synonyms]) {
    if (!known.includes(meant)) continue;
    const distance = editDistance(wanted, word);
    if (distance <= limit && distance < (best?.distance ?? Infinity)) best = { name: meant, distance };
  }
  return best?.name;
}

/** `; did you mean 'x'?`, or an empty text. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
