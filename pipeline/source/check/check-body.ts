import { isMapping } from '../merge-defaults.ts';
import type { Report } from '../report.ts';
import type { EndpointPart } from '../schema/source-schema.ts';
import type { Template } from '../template.ts';
import type { Path } from '../yaml-span.ts';
import { warnOfSecret } from './check-headers.ts';
import { checkTemplate } from './check-template.ts';
import type { TemplateScope } from './template-scope.ts';

/** The body of a POST: JSON or a form. */
export function checkBody(
  endpoint: EndpointPart,
  scope: TemplateScope,
  report: Report,
): (Template | undefined)[] {
  const { method, json, form, conditional } = endpoint;
  for (const key of ['json', 'form'] as const) {
    if (endpoint[key] !== undefined && method === 'GET')
      report([key], 'a GET has no body: write method: POST, or use params', { on: 'key' });
  }
  if (json !== undefined && form !== undefined)
    report(['form'], "a request has one body: leave out 'json' or 'form'", { on: 'key' });
  if (conditional && method === 'POST')
    report(['conditional'], 'only a GET can be asked on a condition: leave out conditional', { on: 'key' });
  return [...checkJson(json, ['json'], scope, report), ...checkForm(form ?? {}, scope, report)];
}

function checkForm(
  form: NonNullable<EndpointPart['form']>,
  scope: TemplateScope,
  report: Report,
): (Template | undefined)[] {
  return Object.entries(form).flatMap(([name, value]) => {
    if (value === null) return [];
    warnOfSecret(name, String(value), ['form', name], report);
    return [checkTemplate(String(value), ['form', name], scope, report)];
  });
}

function checkJson(
  value: unknown,
  path: Path,
  scope: TemplateScope,
  report: Report,
): (Template | undefined)[] {
  if (typeof value === 'string') return [checkTemplate(value, path, scope, report)];
  const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : [];
  return entries.flatMap(([key, inner]) => checkJson(inner, [...path, key], scope, report));
}
