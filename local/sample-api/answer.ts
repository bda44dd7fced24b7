/** What an API of the sample says to one request, and which records of it count as served. */
export interface Answer {
  status: number;
  body: unknown;
  contentType?: string;
  records?: ServedRecord[];
}

/** One record as the API gave it: what a table must hold, once, in the end. */
export interface ServedRecord {
  api: 'open-meteo' | 'weatherapi' | 'nws';
  /** As asked for: `52.52,13.41`, a city, a station. */
  place: string;
  /** Seconds since 1970, UTC. */
  time: number;
  values: Record<string, number | string | null>;
}

export interface Question {
  url: URL;
  headers: Record<string, string | string[] | undefined>;
  now: Date;
}
