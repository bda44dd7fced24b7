import { ConfigError } from '../errors.ts';
import type { Client, Endpoint, Slice } from '../source/source.ts';
import {
  parseTemplate,
  placeholdersOf,
  placeholderValue,
  renderJson,
  renderParameter,
  renderPath,
} from '../source/template.ts';
import { HttpError } from './http-error.ts';
import type { HttpRequest } from './send-request.ts';

const defaultHeaders = { 'accept-encoding': 'gzip, br', 'user-agent': 'catchwater' };
const accepted = {
  json: 'application/json',
  ndjson: 'application/x-ndjson, application/json;q=0.9, */*;q=0.8',
  csv: 'text/csv, */*;q=0.8',
};

/** The request of one slice, without its key. */
export function buildRequest(client: Client, endpoint: Endpoint, slice: Slice): HttpRequest {
  const headers: Record<string, string> = { accept: accepted[endpoint.response.format], ...defaultHeaders };
  for (const [name, value] of Object.entries(client.headers)) headers[name.toLowerCase()] = value;
  for (const [name, value] of renderAll(endpoint.headers, slice)) headers[name.toLowerCase()] = value;
  const request = { method: endpoint.method, url: buildUrl(client, endpoint, slice), headers };
  if (endpoint.form) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    return { ...request, body: new URLSearchParams(renderAll(endpoint.form, slice)).toString() };
  }
  if (endpoint.json === undefined) return request;
  headers['content-type'] ??= 'application/json';
  return { ...request, body: JSON.stringify(renderJson(endpoint.json, slice)) };
}

/** A value that is null is not sent. */
function renderAll(templates: Record<string, string>, slice: Slice): [string, string][] {
  return Object.entries(templates).flatMap(([name, template]): [string, string][] => {
    const value = renderParameter(template, slice);
    return value === undefined ? [] : [[name, value]];
  });
}

/** A path with a part missing leads to another place: to the list instead of its element. */
function refuseEmptyParts(path: string, slice: Slice): void {
  for (const placeholder of placeholdersOf(parseTemplate(path))) {
    const value = placeholderValue(placeholder, slice);
    if (value !== null && value !== '') continue;
    const { variable, field } = placeholder;
    const name = field === undefined ? variable : `${variable}.${field}`;
    throw new HttpError(`the path '${path}' has no value for {${name}}: ${JSON.stringify(slice)}`, {
      retryable: false,
    });
  }
}

function buildUrl(client: Client, endpoint: Endpoint, slice: Slice): URL {
  const base = new URL(client.base_url);
  refuseEmptyParts(endpoint.path, slice);
  const url = new URL(renderPath(endpoint.path, slice).replace(/^\/+/, ''), base);
  // A value such as `..`, or a path with a host of its own, would carry the key to another place.
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new ConfigError(`the path '${endpoint.path}' leads to ${url.href}, outside of ${base.href}`);
  }
  for (const [name, value] of renderAll(endpoint.params, slice)) url.searchParams.append(name, value);
  return url;
}
