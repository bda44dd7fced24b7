import type { Report } from '../report.ts';
import type { ClientPart, EndpointPart } from '../schema/source-schema.ts';
import { placeholdersOf, renderTemplate, type Template } from '../template.ts';
import type { Path } from '../yaml-span.ts';
import { carriedByAuth } from './carried-by-auth.ts';
import { checkBody } from './check-body.ts';
import { checkHeader, findOddCharacter, warnOfSecret } from './check-headers.ts';
import { checkPath } from './check-path.ts';
import { checkTemplate } from './check-template.ts';
import type { TemplateScope } from './template-scope.ts';

export interface EndpointParts {
  endpoint: EndpointPart;
  scope: TemplateScope;
  auth: ClientPart['auth'] | undefined;
}

/** The request of every slice can be built, and differs from the others. */
export function checkEndpoint({ endpoint, scope, auth }: EndpointParts, report: Report): void {
  const carried = carriedByAuth(auth);
  const templates = [checkPath(endpoint.path, scope, report)];
  for (const kind of ['params', 'headers'] as const) {
    for (const [name, value] of Object.entries(endpoint[kind])) {
      const path = [kind, name];
      if (kind === 'headers') checkHeader(name, String(value ?? ''), path, report);
      if (value === null) continue;
      const template = checkTemplate(String(value), path, scope, report);
      if (kind === 'headers' && template) checkHeaderValues(template, scope, path, report);
      templates.push(template);
      warnOfSecret(name, String(value), path, report);
      if (
        carried.some((by) => by.kind === kind && by.name === (kind === 'params' ? name : name.toLowerCase()))
      ) {
        report(path, `'${name}' is set by client.auth too: leave one of them out`, { on: 'key' });
      }
    }
  }
  templates.push(...checkBody(endpoint, scope, report));
  warnOfSameRequests(templates, scope, report);
}

/** What placeholders put into a header: elements of for_each come from anywhere. */
function checkHeaderValues(template: Template, { samples }: TemplateScope, path: Path, report: Report): void {
  if (placeholdersOf(template).length === 0) return;
  for (const [index, slice] of samples.entries()) {
    const odd = findOddCharacter(renderTemplate(template, slice));
    if (!odd) continue;
    const element = `element ${index + 1} of for_each`;
    return report(path, `for ${element} the header has the character ${odd.shown}, which it cannot hold`);
  }
}

function warnOfSameRequests(
  templates: (Template | undefined)[],
  { slices, parent }: TemplateScope,
  report: Report,
): void {
  // A template that is missing here was reported: who knows what it was meant to be.
  const good = templates.filter((template) => template !== undefined);
  if (good.length < templates.length || slices === undefined) return;
  const used = good.flatMap(placeholdersOf);
  if (parent && !used.some(({ variable }) => variable === parent.variable)) {
    return report(
      [],
      `no placeholder of '${parent.variable}' is used in the request: it would be made for each record of '${parent.resource}', unchanged`,
    );
  }
  if (slices.length < 2 || used.some(({ variable }) => variable !== 'incremental')) return;
  report(
    [],
    `no placeholder of for_each is used in the request: it would be made ${slices.length} times, unchanged`,
    { severity: 'warning' },
  );
}
