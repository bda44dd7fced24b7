import type { ResourcePart } from '../schema/source-schema.ts';
import type { Protection } from '../source.ts';
import { defineColumn } from './define-table.ts';

/** The places in a record whose values never land as they are. */
export function compileProtection({ columns }: Pick<ResourcePart, 'columns'>): Protection[] {
  return Object.entries(columns).flatMap(([name, column]): Protection[] => {
    if (typeof column === 'string') return [];
    const { from } = defineColumn(name, column);
    if (!('record' in from)) return [];
    if (column.redact === true) return [{ path: from.record, how: 'redact' }];
    return column.hash ? [{ path: from.record, how: 'hash', key: column.hash }] : [];
  });
}
