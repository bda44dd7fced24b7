import { checkHeader, findOddCharacter, warnOfSecret } from './check-headers.ts';
import { checkTemplate } from './check-template.ts';
import { isMapping } from './merge-defaults.ts';
import type { Report } from './report.ts';
import type { ClientPart, ResourcePart } from './schema.ts';
import type { Slice } from './source.ts';
import { placeholdersOf, renderPath, renderTemplate, type Template } from './template.ts';
import type { Path } from './yaml-span.ts';

export interface EndpointParts {
  endpoint: ResourcePart['endpoint'];
  slices: readonly Slice[] | undefined;
  auth: ClientPart['auth'] | undefined;
}

/** The request of every slice can be built, and differs from the others. */
export function checkEndpoint({ endpoint, slices, auth }: EndpointParts, report: Report): void {
  const templates = [checkPath(endpoint.path, slices, report)];
  for (const kind of ['params', 'headers'] as const) {
    for (const [name, value] of Object.entries(endpoint[kind])) {
      const path = [kind, name];
      if (kind === 'headers') checkHeader(name, String(value ?? ''), path, report);
      if (value === null) continue;
      const template = checkTemplate(String(value), path, slices, report);
      if (kind === 'headers' && template) checkHeaderValues(template, slices, path, report);
      templates.push(template);
      warnOfSecret(name, String(value), path, report);
      if (isSetByAuth(auth, kind, name)) {
        report(path, `'${name}' is set by client.auth too: leave one of them out`, { on: 'key' });
      }
    }
  }
  if (endpoint.json !== undefined) {
    if (endpoint.method === 'GET')
      report(['json'], 'a GET has no body: write method: POST, or use params', { on: 'key' });
    templates.push(...checkJson(endpoint.json, ['json'], slices, report));
  }
  const good = templates.every((template) => template !== undefined);
  const used = good && templates.some((template) => placeholdersOf(template).length > 0);
  if (good && !used && slices !== undefined && slices.length > 1) {
    report(
      [],
      `no placeholder of for_each is used in the request: it would be made ${slices.length} times, unchanged`,
      { severity: 'warning' },
    );
  }
}

/** What placeholders put into a header: elements of for_each come from anywhere. */
function checkHeaderValues(
  template: Template,
  slices: readonly Slice[] | undefined,
  path: Path,
  report: Report,
): void {
  if (placeholdersOf(template).length === 0) return;
  for (const [index, slice] of (slices ?? []).entries()) {
    const odd = findOddCharacter(renderTemplate(template, slice));
    if (!odd) continue;
    const element = `element ${index + 1} of for_each`;
    return report(path, `for ${element} the header has the character ${odd.shown}, which it cannot hold`);
  }
}

function checkPath(text: string, slices: readonly Slice[] | undefined, report: Report): Template | undefined {
  const path = ['path'];
  const template = checkTemplate(text, path, slices, report);
  if (/^[a-z][a-z0-9+.-]*:\/\/|^\/\//i.test(text)) {
    report(path, 'a path continues base_url: the address of the host belongs there');
    return undefined;
  }
  const odd = /[?#\s\\]/.exec(text);
  if (odd) {
    const remedy = odd[0] === '?' ? 'the query belongs into params' : `'${odd[0]}' must be percent-encoded`;
    report(path, `in a path, ${remedy}`, { offset: odd.index });
    return undefined;
  }
  if (!template) return undefined;
  for (const [index, slice] of (slices ?? []).entries()) {
    const rendered = renderPath(template, slice);
    const relative = rendered.replace(/^\//, '');
    const segments = relative.replace(/\/$/, '').split('/');
    const bad = segments.find(
      (part) => part === '.' || part === '..' || (part === '' && segments.length > 1),
    );
    // `a:b` would be read as an address of its own.
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(relative);
    if (scheme) {
      report(path, `the path begins with '${scheme[0]}', like an address: write the colon as %3A`);
      return undefined;
    }
    if (bad === undefined) continue;
    const element = slices?.length === 1 ? '' : ` for element ${index + 1} of for_each`;
    report(path, `the path is '${rendered}'${element}: no part of a path is empty, '.' or '..'`);
    return undefined;
  }
  return template;
}

function checkJson(
  value: unknown,
  path: Path,
  slices: readonly Slice[] | undefined,
  report: Report,
): (Template | undefined)[] {
  if (typeof value === 'string') return [checkTemplate(value, path, slices, report)];
  const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : [];
  return entries.flatMap(([key, inner]) => checkJson(inner, [...path, key], slices, report));
}

function isSetByAuth(
  auth: ClientPart['auth'] | undefined,
  kind: 'params' | 'headers',
  name: string,
): boolean {
  if (!auth) return false;
  if (auth.type === 'bearer') return kind === 'headers' && name.toLowerCase() === 'authorization';
  if (auth.location === 'query') return kind === 'params' && name === auth.name;
  return kind === 'headers' && name.toLowerCase() === auth.name.toLowerCase();
}
