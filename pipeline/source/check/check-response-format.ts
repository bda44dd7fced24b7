import type { Report } from '../report.ts';
import type { EndpointPart, ResourcePart } from '../schema/source-schema.ts';

/** Paths of reports start at the resource. */
export function checkResponseFormat(
  endpoint: EndpointPart,
  { data_selector: selector, shape, columns = {} }: Partial<ResourcePart>,
  report: Report,
): void {
  const { response_format: format, csv, charset } = endpoint;
  const refuse = (key: string, message: string): void => {
    report(['endpoint', key], message, { on: 'key' });
  };
  if (charset !== undefined && !isEncoding(charset))
    report(['endpoint', 'charset'], `'${charset}' is no encoding, such as utf-8, iso-8859-1 or windows-1252`);
  if (csv !== undefined && format !== 'csv')
    refuse('csv', `'csv' is for response_format: csv, and this is ${format}`);
  if (csv && new Set([csv.delimiter, csv.quote, csv.comment ?? csv.delimiter + csv.quote]).size < 3)
    refuse('csv', 'delimiter, quote and comment are three different characters');
  if (csv && Array.isArray(csv.header)) {
    const twice = csv.header.findIndex((name, index, names) => names.indexOf(name) < index);
    if (twice >= 0) report(['endpoint', 'csv', 'header', twice], `'${csv.header[twice]}' is there twice`);
  }
  if (format === 'json') return;
  if (selector !== undefined && selector !== '$')
    report(['data_selector'], `the records of ${format} are the whole response: leave out data_selector`);
  if (shape !== undefined && shape !== 'list')
    report(['shape'], `${format} is a list of records: leave out shape`);
  for (const [name, column] of Object.entries(columns)) {
    if (typeof column === 'object' && column.from_response !== undefined)
      report(
        ['columns', name, 'from_response'],
        `${format} has nothing beside its records: use from, or value`,
        {
          on: 'key',
        },
      );
  }
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
