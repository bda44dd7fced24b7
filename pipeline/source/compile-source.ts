/** A checked source file → the document that functions read: defaults filled in, templates kept, tables compiled. */
import { compileTable } from '../table/compile-table.ts';
import { defineTable } from './define-table.ts';
import { parseDuration } from './duration.ts';
import type { ClientPart, ResourcePart, SourceFile } from './schema.ts';
import type { Auth, Client, CompiledResource, CompiledSource, Slice } from './source.ts';
import { renderTemplate } from './template.ts';

/**
 * `slices` has one list for each resource, in their order. Keys are written in one fixed order, those of the user in
 * theirs: the same file always gives the same text, and so the same key.
 */
export function compileSource(source: SourceFile, slices: readonly (readonly Slice[])[]): CompiledSource {
  return {
    v: 1,
    name: source.name,
    ...(source.attribution === undefined ? {} : { attribution: source.attribution.trim() }),
    client: compileClient(source.client),
    resources: source.resources.map((resource, index) => compileResource(resource, slices[index] ?? [{}])),
  };
}

function compileClient(client: ClientPart): Client {
  return {
    base_url: client.base_url.endsWith('/') ? client.base_url : `${client.base_url}/`,
    headers: Object.fromEntries(
      // No slice, no placeholder: this turns doubled braces into single ones.
      Object.entries(client.headers).map(([name, value]) => [name, renderTemplate(value, {})]),
    ),
    ...(client.auth ? { auth: compileAuth(client.auth) } : {}),
    timeout_ms: parseDuration(client.timeout) ?? 0,
    concurrency: client.concurrency,
    max_attempts: client.max_attempts,
  };
}

function compileAuth(auth: NonNullable<ClientPart['auth']>): Auth {
  if (auth.type === 'bearer') return { type: auth.type, token: auth.token };
  return { type: auth.type, name: auth.name, location: auth.location, api_key: auth.api_key };
}

function compileResource(resource: ResourcePart, slices: readonly Slice[]): CompiledResource {
  const { endpoint } = resource;
  return {
    name: resource.name,
    ...(resource.every === undefined ? {} : { every_ms: parseDuration(resource.every) ?? 0 }),
    endpoint: {
      path: endpoint.path.replace(/^\//, ''),
      method: endpoint.method,
      params: compileTemplates(endpoint.params),
      headers: compileTemplates(endpoint.headers),
      ...(endpoint.json === undefined ? {} : { json: endpoint.json }),
    },
    data_selector: resource.data_selector,
    shape: resource.shape,
    slices: [...slices],
    table: compileTable(defineTable(resource)),
  };
}

function compileTemplates(values: ResourcePart['endpoint']['params']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}
