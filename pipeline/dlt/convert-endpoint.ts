import { convertIncremental, isIncrementalParam } from './convert-incremental.ts';
import { convertPaginator } from './convert-paginator.ts';
import { convertPlaceholders, placeholderOf, type Parents } from './convert-placeholders.ts';
import { isMapping, type Notes } from './notes.ts';

type Mapping = Record<string, unknown>;

const endpointKeys = [
  'path',
  'method',
  'params',
  'json',
  'data',
  'headers',
  'auth',
  'paginator',
  'data_selector',
  'response_actions',
  'incremental',
];

export interface Place {
  path: string;
  parents: Parents;
  notes: Notes;
}

/** The request, and what it says of increments. */
export function convertEndpoint(
  endpoint: Mapping,
  { path, parents, notes }: Place,
): { endpoint: Mapping; incremental?: Mapping } {
  notes.addUnread(path, endpoint, endpointKeys);
  const text = (value: unknown, at: string): unknown =>
    typeof value === 'string' ? convertPlaceholders(value, parents, { path: at, notes }) : value;
  let incremental: Mapping | undefined;
  const params: Mapping = {};
  for (const [name, value] of Object.entries(isMapping(endpoint['params']) ? endpoint['params'] : {})) {
    const at = `${path}.params.${name}`;
    if (isIncrementalParam(value)) {
      incremental = convertIncremental(value, at, notes).incremental;
      params[name] = '{incremental.start_value}';
    } else if (isMapping(value) && value['type'] === 'resolve') {
      const found = { resource: String(value['resource']), field: String(value['field']) };
      params[name] = placeholderOf(found, parents, { path: at, notes });
    } else params[name] = text(Array.isArray(value) ? value.join(',') : value, at);
  }
  if (isMapping(endpoint['incremental'])) {
    const found = convertIncremental(endpoint['incremental'], `${path}.incremental`, notes);
    incremental = found.incremental;
    Object.assign(params, found.params);
  }
  if (endpoint['auth'] !== undefined)
    notes.add(`${path}.auth`, 'auth of one endpoint: here it belongs to the client');
  const paginator =
    endpoint['paginator'] === undefined
      ? undefined
      : convertPaginator(endpoint['paginator'], `${path}.paginator`, notes);
  const filters = convertActions(endpoint['response_actions'], `${path}.response_actions`, notes);
  const inlined = inlinePath(typeof endpoint['path'] === 'string' ? endpoint['path'] : '', params, (value) =>
    text(value, `${path}.path`),
  );
  return {
    endpoint: {
      ...(endpoint['path'] !== undefined && { path: inlined.path }),
      ...(typeof endpoint['method'] === 'string' &&
        endpoint['method'].toUpperCase() !== 'GET' && { method: endpoint['method'].toUpperCase() }),
      ...(Object.keys(inlined.params).length > 0 && { params: inlined.params }),
      ...(isMapping(endpoint['headers']) && {
        headers: mapTexts(endpoint['headers'], (value) => text(value, `${path}.headers`)),
      }),
      ...(endpoint['json'] !== undefined && {
        json: mapTexts(endpoint['json'], (value) => text(value, `${path}.json`)),
      }),
      ...(isMapping(endpoint['data']) && {
        form: mapTexts(endpoint['data'], (value) => text(value, `${path}.data`)),
      }),
      ...(paginator !== undefined && { paginator }),
      ...(filters.length > 0 && { response_filters: filters }),
    },
    ...(incremental && { incremental }),
  };
}

/** dlt fills `{post_id}` in a path from a parameter of that name, which is then not sent. */
function inlinePath(
  path: string,
  params: Mapping,
  convert: (value: unknown) => unknown,
): { path: string; params: Mapping } {
  const rest = { ...params };
  const filled = path.replaceAll(/\{(\w+)\}/g, (found, name: string) => {
    if (!Object.hasOwn(params, name)) return found;
    delete rest[name];
    return String(params[name]);
  });
  return { path: String(convert(filled)).replace(/^\//, ''), params: rest };
}

function mapTexts(value: unknown, convert: (text: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, convert));
  if (!isMapping(value)) return convert(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, convert)]));
}

function convertActions(actions: unknown, path: string, notes: Notes): Mapping[] {
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((action: unknown, index) => {
    if (!isMapping(action) || (action['action'] !== 'ignore' && action['action'] !== 'raise')) {
      notes.add(`${path}[${index}]`, 'an action in Python');
      return [];
    }
    return [
      {
        ...(action['status_code'] != null && { status: Number(action['status_code']) }),
        ...(action['content'] != null && { contains: action['content'] }),
        action: action['action'] === 'raise' ? 'fail' : 'ignore',
      },
    ];
  });
}
