import { pagingError, shown } from './paging-error.ts';

const target = /[\s,]*<([^>]*)>/y;
/** `; name=token`, `; name="quoted"`, `; name`; `"` and `\` are escaped within quotes. */
const parameter = /\s*;\s*(?:([^\s"(),/:;<=>?@[\]\\{}]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?)?/y;
const rest = /[\s,]*$/y;

/**
 * The target of the first link of that relation (RFC 8288), as it stands there; several headers come joined by commas.
 * A header that cannot be read may hide a further page: it is refused, not passed over.
 */
export function findLink(header: string, rel: string): string | undefined {
  const wanted = rel.toLowerCase();
  let offset = 0;
  let found: string | undefined;
  while (!matchAt(rest, header, offset)) {
    const link = matchAt(target, header, offset);
    if (!link) throw unreadable(header, offset);
    const parameters = readParameters(header, target.lastIndex);
    offset = parameters.end;
    if (!/[\s,]/.test(header[offset] ?? ',')) throw unreadable(header, offset);
    // A link with an anchor speaks of another document.
    if (parameters.anchor === undefined && parameters.rels.includes(wanted)) found ??= link[1] ?? '';
  }
  return found;
}

interface Parameters {
  rels: string[];
  anchor: string | undefined;
  end: number;
}

/** Of a parameter that is there twice the first one counts. */
function readParameters(header: string, start: number): Parameters {
  const values = new Map<string, string>();
  let end = start;
  for (let found = matchAt(parameter, header, end); found; found = matchAt(parameter, header, end)) {
    end = parameter.lastIndex;
    const [, name, quoted, token = ''] = found;
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? token;
    if (name !== undefined && !values.has(name.toLowerCase())) values.set(name.toLowerCase(), value);
  }
  const rels = (values.get('rel') ?? '').toLowerCase().split(/\s+/);
  return { rels, anchor: values.get('anchor'), end };
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

function unreadable(header: string, offset: number) {
  return pagingError(
    `the Link header cannot be read from ${shown(header.slice(offset, offset + 60))}: ${shown(header)}`,
    {
      retryable: true,
    },
  );
}
