/** What an API says went wrong, from the body of its answer: one line, at most 300 characters, empty when it says nothing. */
export function errorReason(text: string): string {
  return shorten(reasonIn(parse(text)) ?? plainText(text));
}

/** The same of a body that is parsed. */
export function documentReason(document: unknown): string {
  return shorten(reasonIn(document) ?? oneLine(JSON.stringify(document) ?? ''));
}

function shorten(reason: string): string {
  return reason.length > 300 ? `${reason.slice(0, 300)}…` : reason;
}

/** Where APIs put it: Open-Meteo, WeatherAPI, OpenWeatherMap, problem+json, GitHub, OAuth, MediaWiki, GraphQL, WAQI. */
const places = [
  'reason',
  'message',
  'detail',
  'info',
  'error_description',
  'title',
  'error',
  'errors',
  'data',
];

function reasonIn(value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '') return oneLine(value);
  if (Array.isArray(value)) return reasonIn(value[0]);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const place of places) {
    const found = Object.hasOwn(value, place)
      ? reasonIn((value as Record<string, unknown>)[place])
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** HTML without its tags: enough to recognise a page. */
function plainText(text: string): string {
  return oneLine(text.replaceAll(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' '));
}

export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
