import { loadSource, type LoadedSource } from '../../../pipeline/source/load-source.ts';

/** A source without a fault, for tests that change one thing. */
export const weather = `version: 1
name: weather
client:
  base_url: https://api.example.com/v1/
resources:
  - name: readings
    for_each: { city: { file: cities.csv } }
    endpoint:
      path: readings/{city.name}
      params: { lat: '{city.lat}', limit: 5 }
    data_selector: $.data
    columns:
      city: { type: string, value: '{city.name}' }
      time: { type: timestamp, unit: s }
      temperature: double
    primary_key: [city, time]
    event_time: time
`;

const files: Record<string, string> = {
  'cities.csv': '\uFEFFname,lat,lon\nBerlin,52.52,13.41\nOslo,59.91,10.75\n',
  'places/cities.json': '\uFEFF[{ "name": "Berlin", "lat": 52.52 }, { "name": "Oslo", "lat": 59.91 }]',
  'empty.csv': '',
  'header.csv': 'name,lat\n',
  'ragged.csv': 'name,lat\nBerlin,52.52\nNew York, NY,40.71\n',
  'semicolons.csv': 'name;lat\nBerlin;52\n',
  'gaps.csv': 'name,lat\nBerlin,52.52\n,59.91\n',
  'broken.json': '[{ "name": "Berlin" },\n { "name": }',
  'nested.json': '[{ "name": "Berlin", "lat": 1 },\n { "name": { "en": "Oslo" }, "lat": 2 }]',
  'object.json': '{ "name": "Berlin" }',
};

export const november = new Date('2026-11-21T10:05:00Z');

function readFile(name: string): Promise<string | undefined> {
  return Promise.resolve(Object.hasOwn(files, name) ? files[name] : undefined);
}

export function loadText(text: string): Promise<LoadedSource> {
  return loadSource({ name: 'sources/weather.yaml', text, readFile, now: november });
}

/** `weather` with one text replaced; the text must be there. */
export function changed(from: string, to: string, text = weather): string {
  if (!text.includes(from)) throw new Error(`the source has no '${from}'`);
  return text.replace(from, () => to);
}
