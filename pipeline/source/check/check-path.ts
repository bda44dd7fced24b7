import type { Report } from '../report.ts';
import { renderPath, type Template } from '../template.ts';
import { checkTemplate } from './check-template.ts';
import type { TemplateScope } from './template-scope.ts';

/** A path that stays below `base_url` for every slice; paths of reports start at what has the `path`. */
export function checkPath(text: string, scope: TemplateScope, report: Report): Template | undefined {
  const path = ['path'];
  const template = checkTemplate(text, path, scope, report);
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
  for (const [index, slice] of scope.samples.entries()) {
    const fault = findFault(renderPath(template, slice), scope.samples.length === 1 ? undefined : index);
    if (fault === undefined) continue;
    report(path, fault);
    return undefined;
  }
  return template;
}

function findFault(rendered: string, index: number | undefined): string | undefined {
  const relative = rendered.replace(/^\//, '');
  const segments = relative.replace(/\/$/, '').split('/');
  // `a:b` would be read as an address of its own.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(relative);
  if (scheme) return `the path begins with '${scheme[0]}', like an address: write the colon as %3A`;
  const bad = segments.find((part) => part === '.' || part === '..' || (part === '' && segments.length > 1));
  if (bad === undefined) return undefined;
  const element = index === undefined ? '' : ` for element ${index + 1} of for_each`;
  return `the path is '${rendered}'${element}: no part of a path is empty, '.' or '..'`;
}
