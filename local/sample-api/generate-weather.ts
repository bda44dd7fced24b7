/**
 * Weather that never happened: a pure function of (place, variable, time), so that the same question always gets the
 * same numbers, today or in a year. Values move smoothly: a daily wave, and noise drawn at knots six hours apart.
 */
import { createHash } from 'node:crypto';

export interface Place {
  latitude: number;
  longitude: number;
}

interface Variable {
  unit: string;
  /** Range of the noise around `middle`. */
  middle: (place: Place) => number;
  spread: number;
  /** Height of the daily wave, highest at 15:00 local solar time. */
  daily?: number;
  least?: number;
  most?: number;
  digits: number;
}

const warmth = ({ latitude }: Place) => 28 - 0.55 * Math.abs(latitude);

export const variables: Record<string, Variable> = {
  temperature_2m: { unit: '°C', middle: warmth, spread: 9, daily: 5, digits: 1 },
  apparent_temperature: { unit: '°C', middle: (place) => warmth(place) - 2, spread: 10, daily: 5, digits: 1 },
  dew_point_2m: { unit: '°C', middle: (place) => warmth(place) - 8, spread: 6, digits: 1 },
  relative_humidity_2m: {
    unit: '%',
    middle: () => 65,
    spread: 45,
    daily: -15,
    least: 8,
    most: 100,
    digits: 0,
  },
  precipitation: { unit: 'mm', middle: () => -2.2, spread: 7, least: 0, digits: 1 },
  rain: { unit: 'mm', middle: () => -2.4, spread: 7, least: 0, digits: 1 },
  cloud_cover: { unit: '%', middle: () => 55, spread: 90, least: 0, most: 100, digits: 0 },
  pressure_msl: { unit: 'hPa', middle: () => 1014, spread: 22, digits: 1 },
  surface_pressure: { unit: 'hPa', middle: () => 1003, spread: 22, digits: 1 },
  visibility: { unit: 'm', middle: () => 21000, spread: 20000, least: 200, most: 24140, digits: 0 },
  wind_speed_10m: { unit: 'km/h', middle: () => 13, spread: 22, daily: 3, least: 0, digits: 1 },
  wind_gusts_10m: { unit: 'km/h', middle: () => 27, spread: 38, daily: 5, least: 0, digits: 1 },
  wind_direction_10m: { unit: '°', middle: () => 180, spread: 360, least: 0, most: 359, digits: 0 },
  uv_index: { unit: '', middle: () => -0.5, spread: 2, daily: 6, least: 0, digits: 1 },
};

/** One number; undefined for a variable that is not generated. */
export function generateWeather(name: string, place: Place, epochSeconds: number): number | undefined {
  const variable = variables[name];
  if (!variable) return undefined;
  const solarHour = (epochSeconds / 3600 + place.longitude / 15) % 24;
  const wave = (variable.daily ?? 0) * Math.cos(((solarHour - 15) / 24) * 2 * Math.PI);
  const raw =
    variable.middle(place) + wave + variable.spread * noise(name, place, epochSeconds / knotSeconds);
  const { least = -Infinity, most = Infinity } = variable;
  return round(Math.min(most, Math.max(least, raw)), variable.digits);
}

const knotSeconds = 6 * 3600;

/** From −0.5 to 0.5, cosine-interpolated between the knots. */
function noise(name: string, place: Place, at: number): number {
  const knot = Math.floor(at);
  const [before, after] = [drawn(name, place, knot), drawn(name, place, knot + 1)];
  return before + ((after - before) * (1 - Math.cos((at - knot) * Math.PI))) / 2;
}

const draws = new Map<string, number>();

function drawn(name: string, { latitude, longitude }: Place, knot: number): number {
  const seed = `${name} ${latitude} ${longitude} ${knot}`;
  const known = draws.get(seed);
  if (known !== undefined) return known;
  const draw = createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32 - 0.5;
  // Only speed is at stake: a request asks for many hours between the same knots.
  if (draws.size > 200_000) draws.clear();
  draws.set(seed, draw);
  return draw;
}

export function round(value: number, digits: number): number {
  const rounded = Number(value.toFixed(digits));
  return Object.is(rounded, -0) ? 0 : rounded;
}
