/**
 * Shaped like WeatherAPI.com's `/v1/current.json`: one place, values of the running quarter of an hour, numbers that are
 * whole in one answer and not in the next, local time beside the epoch, errors in an envelope of their own.
 */
import type { Answer, Question } from './answer.ts';
import { generateWeather, round, type Place } from './generate-weather.ts';

interface City extends Place {
  name: string;
  country: string;
  zone: string;
}

const cities: City[] = [
  { name: 'Berlin', country: 'Germany', latitude: 52.52, longitude: 13.41, zone: 'Europe/Berlin' },
  { name: 'Paris', country: 'France', latitude: 48.87, longitude: 2.33, zone: 'Europe/Paris' },
  { name: 'London', country: 'United Kingdom', latitude: 51.52, longitude: -0.11, zone: 'Europe/London' },
  { name: 'Kathmandu', country: 'Nepal', latitude: 27.72, longitude: 85.32, zone: 'Asia/Kathmandu' },
  { name: 'Tokyo', country: 'Japan', latitude: 35.69, longitude: 139.69, zone: 'Asia/Tokyo' },
  { name: 'Nairobi', country: 'Kenya', latitude: -1.28, longitude: 36.82, zone: 'Africa/Nairobi' },
  { name: 'Sydney', country: 'Australia', latitude: -33.88, longitude: 151.22, zone: 'Australia/Sydney' },
  { name: 'São Paulo', country: 'Brazil', latitude: -23.53, longitude: -46.62, zone: 'America/Sao_Paulo' },
  {
    name: 'New York',
    country: 'United States of America',
    latitude: 40.71,
    longitude: -74.01,
    zone: 'America/New_York',
  },
  {
    name: 'Denver',
    country: 'United States of America',
    latitude: 39.74,
    longitude: -104.98,
    zone: 'America/Denver',
  },
];

export function answerCurrent({ url, headers, now }: Question): Answer {
  const key = url.searchParams.get('key') ?? headers.key;
  if (!key) return refuse(401, 1002, 'API key is invalid or not provided.');
  if (key === 'invalid') return refuse(401, 2006, 'API key provided is invalid.');
  const q = url.searchParams.get('q');
  if (!q) return refuse(400, 1003, 'Parameter q is missing.');
  const city = findCity(q);
  // The real one answers 400 here, not 404.
  if (!city) return refuse(400, 1006, 'No matching location found.');
  const time = Math.floor(now.getTime() / 900_000) * 900;
  const current = currentWeather(city, time);
  return {
    status: 200,
    body: {
      location: {
        name: city.name,
        region: '',
        country: city.country,
        lat: city.latitude,
        lon: city.longitude,
        tz_id: city.zone,
        localtime_epoch: Math.floor(now.getTime() / 1000),
        localtime: localTime(Math.floor(now.getTime() / 1000), city.zone),
      },
      current: { last_updated_epoch: time, last_updated: localTime(time, city.zone), ...current },
    },
    records: [
      { api: 'weatherapi', place: q, time, values: { temp_c: current.temp_c, humidity: current.humidity } },
    ],
  };
}

function refuse(status: number, code: number, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

function findCity(q: string): City | undefined {
  const point = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(q);
  if (point) {
    const [latitude, longitude] = [Number(point[1]), Number(point[2])];
    return { name: q, country: '', latitude, longitude, zone: 'Etc/UTC' };
  }
  return cities.find((city) => plain(city.name) === plain(q.trim()));
}

/** `São Paulo` is found as `sao paulo`. */
function plain(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function currentWeather(city: City, time: number) {
  const at = (name: string) => generateWeather(name, city, time) ?? 0;
  const precipitation = at('precipitation');
  const clouds = at('cloud_cover');
  const [code, text] =
    precipitation > 0 ? [1183, 'Light rain'] : clouds > 60 ? [1006, 'Cloudy'] : [1000, 'Clear'];
  return {
    temp_c: at('temperature_2m'),
    temp_f: round(at('temperature_2m') * 1.8 + 32, 1),
    is_day: at('uv_index') > 0 ? 1 : 0,
    condition: { text, icon: `//127.0.0.1/icons/${code}.png`, code },
    wind_kph: at('wind_speed_10m'),
    wind_degree: at('wind_direction_10m'),
    pressure_mb: at('pressure_msl'),
    precip_mm: precipitation,
    humidity: at('relative_humidity_2m'),
    cloud: clouds,
    feelslike_c: at('apparent_temperature'),
    vis_km: round(at('visibility') / 1000, 1),
    uv: at('uv_index'),
    gust_kph: at('wind_gusts_10m'),
  };
}

/** `2026-11-21 12:45`: the clock on the wall, which repeats an hour each autumn. */
function localTime(epochSeconds: number, zone: string): string {
  return new Date(epochSeconds * 1000).toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
}
