import type { ClientPart, EndpointPart } from '../schema/source-schema.ts';
import type { Endpoint, ResponseFilter, ResponseFormat } from '../source.ts';
import { compilePaginator } from './compile-paginator.ts';

export function compileEndpoint(endpoint: EndpointPart, client: ClientPart): Endpoint {
  return {
    path: endpoint.path.replace(/^\//, ''),
    method: endpoint.method,
    params: compileTemplates(endpoint.params),
    headers: compileTemplates(endpoint.headers),
    ...(endpoint.json === undefined ? {} : { json: endpoint.json }),
    ...(endpoint.form ? { form: compileTemplates(endpoint.form) } : {}),
    paginator: compilePaginator(endpoint.paginator ?? client.paginator),
    // The first that applies decides: what the endpoint says stands before what all of them share.
    response_filters: [...(endpoint.response_filters ?? []), ...(client.response_filters ?? [])].map(
      compileFilter,
    ),
    response: compileFormat(endpoint),
    conditional: endpoint.conditional,
  };
}

function compileTemplates(values: EndpointPart['params']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

type FilterPart = NonNullable<EndpointPart['response_filters']>[number];

function compileFilter({ status, content_type: type, contains, body, header, action, message }: FilterPart) {
  return {
    ...(status === undefined ? {} : { status: [status].flat() }),
    ...(type === undefined ? {} : { content_type: type.toLowerCase() }),
    ...(contains === undefined ? {} : { contains }),
    // The checks let one predicate through, no more and no less.
    ...(body ? { body: body as NonNullable<ResponseFilter['body']> } : {}),
    ...(header ? { header: { ...header, name: header.name.toLowerCase() } } : {}),
    action,
    ...(message === undefined ? {} : { message }),
  } as ResponseFilter;
}

function compileFormat({ response_format: format, charset, csv }: EndpointPart): ResponseFormat {
  const dialect = csv ?? { delimiter: ',', quote: '"', header: 'first_line', skip_lines: 0 };
  return {
    format,
    ...(charset === undefined ? {} : { charset: new TextDecoder(charset).encoding }),
    ...(format === 'csv' ? { csv: dialect as NonNullable<ResponseFormat['csv']> } : {}),
  };
}
