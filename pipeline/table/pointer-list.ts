import { quoteText } from './quote.ts';

/** Values of one document, found in one pass: DuckDB takes a list of pointers and gives a list of values. */
export interface PointerList {
  /** Adds the pointer unless it is there; the expression for what it finds. */
  at(pointer: string): string;
  /** The expression for the whole list, over the JSON expression `document`. */
  from(document: string): string;
}

interface PointerListOptions {
  /** The name under which the caller selects the list. */
  column: string;
  /** JSON text; or the text of a value: strings without quotes, NULL for JSON's null. */
  as: 'json' | 'text';
}

export function pointerList({ column, as }: PointerListOptions): PointerList {
  const pointers: string[] = [];
  const extract = as === 'json' ? 'json_extract' : 'json_extract_string';
  return {
    at(pointer) {
      if (!pointers.includes(pointer)) pointers.push(pointer);
      return `${column}[${pointers.indexOf(pointer) + 1}]`;
    },
    from(document) {
      if (pointers.length === 0) return 'CAST(NULL AS VARCHAR[])';
      return `CAST(${extract}(${document}, [${pointers.map(quoteText).join(', ')}]) AS VARCHAR[])`;
    },
  };
}
