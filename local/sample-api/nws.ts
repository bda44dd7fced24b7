/**
 * Shaped like the National Weather Service's `/stations/{id}/observations`: GeoJSON, newest first, every measure with its
 * unit and often null, a next link that is there even on the last page, an HTML page for those who do not say who they are.
 */
import type { Answer, Question, ServedRecord } from './answer.ts';
import { generateWeather, type Place } from './generate-weather.ts';

const hour = 3600;
/** Stations report at 53 minutes past each hour; the last week is kept. */
const reportSecond = 53 * 60;
const keptHours = 7 * 24;

const denied = `<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>
<H1>Access Denied</H1>No permission to access this server: send a User-Agent.
</BODY></HTML>`;

export function answerObservations(station: string, { url, headers, now }: Question): Answer {
  if (!headers['user-agent']) return { status: 403, body: denied, contentType: 'text/html' };
  if (!/^[A-Z][A-Z0-9]{3}$/.test(station))
    return problem(404, 'NotFound', `Station '${station}' is not known.`);
  const query = url.searchParams;
  const limit = Number(query.get('limit') ?? 500);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    return problem(400, 'BadRequest', 'limit must be 1 to 500.');
  const [start, end] = ['start', 'end'].map((name) => time(query.get(name)));
  if (Number.isNaN(start) || Number.isNaN(end))
    return problem(400, 'BadRequest', 'start and end must be ISO 8601 times.');
  const skip = offset(query.get('cursor'));
  if (skip === undefined) return problem(400, 'BadRequest', 'cursor is not one of ours.');
  const times = reportTimes(Math.floor(now.getTime() / 1000))
    .filter((at) => at >= (start ?? -Infinity) && at <= (end ?? Infinity))
    .slice(skip, skip + limit);
  const records: ServedRecord[] = [];
  const place = placeOf(station);
  const features = times.map((at) => {
    const measures = measure(place, at);
    const values = Object.fromEntries(Object.entries(measures).map(([name, { value }]) => [name, value]));
    records.push({ api: 'nws', place: station, time: at, values });
    return feature(station, { url, place, at, measures });
  });
  const next = new URL(url);
  next.searchParams.set('cursor', Buffer.from(JSON.stringify({ s: skip + limit })).toString('base64url'));
  return {
    status: 200,
    contentType: 'application/geo+json',
    body: { type: 'FeatureCollection', features, pagination: { next: next.href } },
    records,
  };
}

function problem(status: number, type: string, detail: string): Answer {
  const body = { title: type, type: `https://api.weather.gov/problems/${type}`, status, detail };
  return { status, body, contentType: 'application/problem+json' };
}

function time(text: string | null): number | undefined {
  return text === null ? undefined : Date.parse(text) / 1000;
}

function offset(cursor: string | null): number | undefined {
  if (cursor === null) return 0;
  const digits = /^\{"s":(\d+)\}$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Newest first. */
function reportTimes(now: number): number[] {
  const last = now - ((((now - reportSecond) % hour) + hour) % hour);
  return Array.from({ length: keptHours }, (_, index) => last - index * hour);
}

/** A station's name decides where it is: any four letters are a station. */
function placeOf(station: string): Place {
  const [a, b, c] = [station.charCodeAt(1), station.charCodeAt(2), station.charCodeAt(3)];
  return { latitude: 25 + ((a * 7 + b) % 24), longitude: -120 + ((b * 5 + c * 3) % 50) };
}

interface Measure {
  unitCode: string;
  value: number | null;
  qualityControl: 'V' | 'Z';
}

function measure(place: Place, at: number): Record<string, Measure> {
  const of = (unit: string, name: string, factor = 1): Measure => {
    const value = (generateWeather(name, place, at) ?? 0) * factor;
    return { unitCode: `wmoUnit:${unit}`, value, qualityControl: 'V' };
  };
  const orNull = (given: Measure): Measure =>
    given.value === 0 ? { ...given, value: null, qualityControl: 'Z' } : given;
  return {
    temperature: of('degC', 'temperature_2m'),
    dewpoint: of('degC', 'dew_point_2m'),
    windDirection: of('degree_(angle)', 'wind_direction_10m'),
    windSpeed: of('km_h-1', 'wind_speed_10m'),
    windGust: orNull(of('km_h-1', 'wind_gusts_10m')),
    barometricPressure: of('Pa', 'surface_pressure', 100),
    visibility: of('m', 'visibility'),
    precipitationLastHour: orNull(of('mm', 'precipitation')),
    relativeHumidity: of('percent', 'relative_humidity_2m'),
  };
}

function feature(
  station: string,
  { url, place, at, measures }: { url: URL; place: Place; at: number; measures: Record<string, Measure> },
) {
  const timestamp = new Date(at * 1000).toISOString().replace('.000Z', '+00:00');
  const id = `${url.origin}/stations/${station}/observations/${timestamp}`;
  return {
    id,
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [place.longitude, place.latitude] },
    properties: {
      '@id': id,
      '@type': 'wx:ObservationStation',
      station: `${url.origin}/stations/${station}`,
      timestamp,
      rawMessage: '',
      textDescription: 'Generated',
      presentWeather: [],
      ...measures,
    },
  };
}
