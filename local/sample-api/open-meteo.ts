/**
 * Shaped like Open-Meteo's `/v1/forecast`: hourly values as parallel arrays, an object for one place, an array for
 * several, `location_id` from the second on. UTC only; `daily`, `current` and `models` are not served.
 */
import { CatchwaterError } from '../../pipeline/errors.ts';
import type { Answer, Question, ServedRecord } from './answer.ts';
import { generateWeather, round, variables, type Place } from './generate-weather.ts';

const hour = 3600;
const day = 24 * hour;

export function answerForecast({ url, now }: Question): Answer {
  try {
    return forecast(url.searchParams, Math.floor(now.getTime() / 1000));
  } catch (error) {
    if (error instanceof Refusal) return { status: 400, body: { error: true, reason: error.message } };
    throw error;
  }
}

class Refusal extends CatchwaterError {}

function forecast(query: URLSearchParams, now: number): Answer {
  const places = readPlaces(query);
  const names = readNames(query);
  const unix = (query.get('timeformat') ?? 'iso8601') === 'unixtime';
  const times = readHours(query, now);
  const records: ServedRecord[] = [];
  const bodies = places.map((place, index) => {
    const cell = { latitude: snap(place.latitude), longitude: snap(place.longitude) };
    const columns = names.map((name) => times.map((time) => generateWeather(name, cell, time) ?? null));
    times.forEach((time, at) => {
      const values = Object.fromEntries(names.map((name, column) => [name, columns[column]?.[at] ?? null]));
      records.push({ api: 'open-meteo', place: `${place.latitude},${place.longitude}`, time, values });
    });
    return {
      ...cell,
      generationtime_ms: round(0.02 + names.length * 0.01, 4),
      utc_offset_seconds: 0,
      timezone: 'GMT',
      timezone_abbreviation: 'GMT',
      elevation: Math.round(Math.abs(cell.latitude * 7 + cell.longitude) % 900),
      ...(index > 0 && { location_id: index }),
      hourly_units: {
        time: unix ? 'unixtime' : 'iso8601',
        ...Object.fromEntries(names.map((name) => [name, variables[name]?.unit])),
      },
      hourly: {
        time: times.map((time) => (unix ? time : new Date(time * 1000).toISOString().slice(0, 16))),
        ...Object.fromEntries(names.map((name, column) => [name, columns[column]])),
      },
    };
  });
  return { status: 200, body: bodies.length === 1 ? bodies[0] : bodies, records };
}

/** The answer's coordinates are those of a grid cell, as with the real one: nobody may join on them. */
const snap = (degrees: number) => round(Math.round(degrees * 16) / 16, 4);

function readPlaces(query: URLSearchParams): Place[] {
  const latitudes = numbers(query, 'latitude', 90);
  const longitudes = numbers(query, 'longitude', 180);
  if (latitudes.length !== longitudes.length) {
    throw new Refusal(
      `latitude has ${latitudes.length} elements, longitude ${longitudes.length}: give as many.`,
    );
  }
  if (latitudes.length > 1000) throw new Refusal(`At most 1000 locations; given ${latitudes.length}.`);
  return latitudes.map((latitude, index) => ({ latitude, longitude: longitudes[index] ?? 0 }));
}

function numbers(query: URLSearchParams, name: string, limit: number): number[] {
  const text = query.getAll(name).join(',');
  if (text === '') throw new Refusal(`Value of type 'Float' required for key '${name}'.`);
  return text.split(',').map((item) => {
    const value = Number(item);
    if (item.trim() === '' || Number.isNaN(value))
      throw new Refusal(`'${item}' is not a number, key '${name}'.`);
    if (Math.abs(value) > limit)
      throw new Refusal(`${name} must lie within -${limit} to ${limit}; given ${value}.`);
    return value;
  });
}

function readNames(query: URLSearchParams): string[] {
  for (const absent of ['daily', 'current', 'minutely_15', 'models']) {
    if (query.has(absent)) throw new Refusal(`The sample API does not serve '${absent}', only 'hourly'.`);
  }
  const format = query.get('timeformat') ?? 'iso8601';
  if (format !== 'iso8601' && format !== 'unixtime') throw new Refusal(`Unknown timeformat '${format}'.`);
  const zone = query.get('timezone') ?? 'GMT';
  if (zone !== 'GMT' && zone !== 'UTC') throw new Refusal(`The sample API serves UTC only, not '${zone}'.`);
  const names = query.getAll('hourly').join(',').split(',').filter(Boolean);
  const unknown = names.find((name) => !variables[name]);
  if (unknown)
    throw new Refusal(
      `Unknown variable '${unknown}' for key 'hourly'. Known: ${Object.keys(variables).join(', ')}.`,
    );
  return names;
}

/** Start of each hour asked for; by hours from now, by calendar dates, or by days around today. */
function readHours(query: URLSearchParams, now: number): number[] {
  const today = now - (now % day);
  const thisHour = now - (now % hour);
  const start = query.get('start_date');
  if (start !== null) {
    return span(date(start, 'start_date'), date(query.get('end_date') ?? start, 'end_date') + day);
  }
  const lastDay = today + integer(query, 'forecast_days', 7, 16) * day;
  if (query.has('past_hours') || query.has('forecast_hours')) {
    const from = thisHour - integer(query, 'past_hours', 0, 92 * 24) * hour;
    return span(
      from,
      query.has('forecast_hours') ? thisHour + integer(query, 'forecast_hours', 0, 16 * 24) * hour : lastDay,
    );
  }
  return span(today - integer(query, 'past_days', 0, 92) * day, lastDay);
}

function span(from: number, until: number): number[] {
  return Array.from({ length: Math.max(0, (until - from) / hour) }, (_, index) => from + index * hour);
}

function integer(query: URLSearchParams, name: string, preset: number, limit: number): number {
  const value = Number(query.get(name) ?? preset);
  if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
  throw new Refusal(`${name} is invalid. Allowed range 0 to ${limit}. Given ${query.get(name)}.`);
}

function date(text: string, name: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : Number.NaN;
  if (Number.isNaN(time)) throw new Refusal(`Invalid date '${text}', key '${name}'.`);
  return time;
}
