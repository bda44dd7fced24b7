/** Answers as they were recorded from GitHub, the National Weather Service, Open-Meteo and the USGS. */
import type { Answer } from '../api-server.ts';
import { ids, recorded, recordedHere } from '../answers.ts';
import { readSample } from '../../support/read-sample.ts';
import type { Row } from '../row.ts';

const gitHub = 'https://api.github.com';
const nws = 'https://api.weather.gov';

/** One of GitHub's five pages, with the Link header it came with. */
function issues(page: number): Answer {
  const { response_headers: headers } = JSON.parse(
    readSample(`github/paginate-issues_${page}.http.json`),
  ) as {
    response_headers: Record<string, string>;
  };
  const kept = [
    'content-type',
    'etag',
    'link',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'cache-control',
  ];
  return recordedHere(`github/paginate-issues_${page}.json`, gitHub, {
    headers: Object.fromEntries(
      kept.map((name) => [name, String(headers[name]).replaceAll(gitHub, '{api}')]),
    ),
  });
}

const stations = `endpoint: { path: stations, headers: { User-Agent: conformance }, paginator: { type: json_link, next_url_path: $.pagination.next, stop_after: empty_page } }
data_selector: $.features
columns: { id: { type: string, from: $.properties.stationIdentifier } }`;

const hourly = `data_selector: $.hourly
shape: columns
columns: { time: { type: string, from: $.time }, temperature_2m: double }
primary_key: time`;

export const recordings: Row[] = [
  {
    name: 'GitHub: five pages by Link, relations in any order, the path changing after the first',
    source: `endpoint: { path: repos/octokit-fixture-org/paginate-issues/issues, params: { per_page: 3 }, paginator: header_link }
columns: { id: bigint, number: bigint }`,
    api: [issues(0), issues(1), issues(2), issues(3), issues(4)],
    requests: [
      '/repos/octokit-fixture-org/paginate-issues/issues?per_page=3',
      '/repositories/1000/issues?per_page=3&page=2',
      '/repositories/1000/issues?per_page=3&page=3',
      '/repositories/1000/issues?per_page=3&page=4',
      '/repositories/1000/issues?per_page=3&page=5',
    ],
    rows: [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((number) => ({ number, id: 1013 - number })),
  },
  {
    name: 'GitHub: the third page as the second one again is found out',
    source: `endpoint: { params: { per_page: 3 }, paginator: header_link }`,
    api: [issues(0), issues(1), issues(1)],
    outcome: /same|repeat|again/i,
    rows: [],
  },
  {
    name: 'GitHub: a search in an envelope with its total',
    source: `endpoint: { path: search/issues, paginator: { type: page_number, page_size: 100, page_size_param: per_page, total_path: $.total_count } }
data_selector: $.items`,
    api: [recorded('github/search-issues_0.json')],
    asked: 1,
    rowCount: 2,
  },
  {
    name: 'GitHub: a 422 is told in its words',
    api: [recorded('github/errors_0.json', { status: 422, headers: { 'content-type': 'application/json' } })],
    outcome: /422.*Validation Failed/s,
    retryable: false,
  },
  {
    name: 'NWS: the next page is named even on the last one; an empty page ends them',
    source: stations,
    api: {
      '/stations': [
        recordedHere('nws/stations_ALY_with_pagination_cursor.json', nws),
        recorded('nws/obs_PPIZ_empty_collection.json'),
      ],
    },
    requests: ['/stations', /^\/stations\?cursor=eyJzIjo1MDB9&id\[0\]=K1V4&/],
    rowCount: 53,
  },
  {
    name: 'NWS: a token on another host than the API’s own is refused',
    source: stations,
    api: [recorded('nws/stations_GUM_with_pagination_cursor.json')],
    outcome: /api\.weather\.gov/,
    asked: 1,
    rows: [],
  },
  {
    name: 'NWS: an empty collection has no rows',
    source: 'data_selector: $.features',
    api: [recorded('nws/obs_PPIZ_empty_collection.json')],
    rows: [],
  },
  {
    name: 'NWS: one observation as a feature, its nulls kept',
    source: `data_selector: $.features
columns: { id: string, temperature: { type: double, from: $.properties.temperature.value }, at: { type: timestamp, from: $.properties.timestamp } }`,
    api: [recorded('nws/obs_KFLG_temperature_null.json')],
    rows: [{ temperature: null }],
  },
  {
    name: 'Open-Meteo: parallel lists of one place',
    source: hourly,
    api: [recorded('open-meteo/forecast_general.json')],
    rowCount: 168,
  },
  {
    name: 'Open-Meteo: two places in one answer, the first without location_id, by their order',
    source: `for_each: { city: { values: [{ name: A, lat: 47.1 }, { name: B, lat: 47.2 }], group: 2, match: position } }
endpoint: { params: { latitude: '{city.lat}' } }
data_selector: $.daily
shape: columns
columns: { city: { type: string, value: '{city.name}' }, time: date, temperature_2m_max: double, elevation: { type: double, from_response: $.elevation } }
primary_key: [city, time]`,
    api: [recorded('open-meteo/multi_location_array.json')],
    rows: [
      { city: 'A', time: '2025-01-28', temperature_2m_max: '5.3', elevation: '825.0' },
      { city: 'B', time: '2025-01-28', temperature_2m_max: '3.5', elevation: '1037.0' },
    ],
  },
  {
    name: 'Open-Meteo: two of three places answered is a failure, not a shift by one',
    source: `for_each: { city: { values: [1, 2, 3], group: 3, match: position } }
endpoint: { params: { latitude: '{city}' } }
data_selector: $.daily
shape: columns
columns: { time: date }
primary_key: time`,
    api: [recorded('open-meteo/multi_location_array.json')],
    outcome: /2|3/,
    rows: [],
  },
  {
    name: 'Open-Meteo: an answer without the section asked for fails by its path',
    source: `client: { max_attempts: 1 }\n${hourly}`,
    api: [recorded('open-meteo/forecast_minimal.json')],
    outcome: /\$\.hourly/,
    rows: [],
  },
  {
    name: 'Open-Meteo: a refusal is told by its reason',
    api: [recorded('open-meteo/errors/400_latitude.json', { status: 400 })],
    outcome: /Latitude must be in range/i,
    retryable: false,
  },
  {
    name: 'USGS: features with epoch milliseconds, a cursor among them',
    source: `endpoint: { params: { updatedafter: '{incremental.start_value}' } }
data_selector: $.features
columns: { id: string, mag: { type: double, from: $.properties.mag } }
incremental: { cursor_path: $.properties.updated, cursor_unit: ms, initial_value: '2018-01-30T00:00:00Z' }`,
    api: [recorded('usgs/all_week_first_120.geojson.json')],
    rowCount: 120,
    cursors: ['2018-02-07T01:42:27.508Z'],
  },
  {
    name: 'USGS: no data is a 204',
    source: 'data_selector: $.features',
    api: [{ status: 204 }],
    rows: [],
  },
  {
    name: 'an API that answers as recorded and as made up alike: order of pages kept',
    source: `endpoint: { paginator: header_link }`,
    api: [issues(4), ids(1)],
    asked: 1,
    rows: [1012],
  },
];
