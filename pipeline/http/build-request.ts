import { ConfigError } from '../errors.ts';
import type { Client, Endpoint, Slice } from '../source/source.ts';
import { renderJson, renderParameter, renderPath } from '../source/template.ts';
import type { HttpRequest } from './send-request.ts';

const defaultHeaders = {
  accept: 'application/json',
  'accept-encoding': 'gzip, br',
  'user-agent': 'catchwater',
};

/** The request of one slice, without its key. */
export function buildRequest(client: Client, endpoint: Endpoint, slice: Slice): HttpRequest {
  const headers: Record<string, string> = { ...defaultHeaders };
  for (const [name, value] of Object.entries(client.headers)) headers[name.toLowerCase()] = value;
  for (const [name, template] of Object.entries(endpoint.headers)) {
    const value = renderParameter(template, slice);
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  const request = { method: endpoint.method, url: buildUrl(client, endpoint, slice), headers };
  if (endpoint.json === undefined) return request;
  headers['content-type'] ??= 'application/json';
  return { ...request, body: JSON.stringify(renderJson(endpoint.json, slice)) };
}

function buildUrl(client: Client, endpoint: Endpoint, slice: Slice): URL {
  const base = new URL(client.base_url);
  const url = new URL(renderPath(endpoint.path, slice).replace(/^\/+/, ''), base);
  // A value such as `..`, or a path with a host of its own, would carry the key to another place.
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new ConfigError(`the path '${endpoint.path}' leads to ${url.href}, outside of ${base.href}`);
  }
  for (const [name, template] of Object.entries(endpoint.params)) {
    const value = renderParameter(template, slice);
    if (value !== undefined) url.searchParams.append(name, value);
  }
  return url;
}
