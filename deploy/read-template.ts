import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type Document, type ScalarTag, type CollectionTag } from 'yaml';
import { packageRoot } from './package-root.ts';

export interface TemplateParameter {
  Type: string;
  Description: string;
  Default?: string | number;
  AllowedPattern?: string;
  AllowedValues?: (string | number)[];
  MinValue?: number;
  MaxValue?: number;
  ConstraintDescription?: string;
}

export interface Template {
  text: string;
  document: Document;
  parameters: Record<string, TemplateParameter>;
}

/** CloudFormation's functions, as their short forms are written: `!Ref x`, `!Sub [text, values]`. */
const functions =
  'Ref Condition And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Not Or Select Split Sub'.split(
    ' ',
  );

/** Kept as they are, so that a document can be written out again. */
const customTags: (ScalarTag | CollectionTag)[] = functions.flatMap((name): (ScalarTag | CollectionTag)[] => [
  { tag: `!${name}`, resolve: (value: string) => value },
  { tag: `!${name}`, collection: 'seq' },
  { tag: `!${name}`, collection: 'map' },
]);

export function readTemplate(name: 'pipeline.yaml' | 'artifacts.yaml'): Template {
  const text = readFileSync(join(packageRoot, 'cloudformation', name), 'utf8');
  return parseTemplate(text);
}

export function parseTemplate(text: string): Template {
  const document = parseDocument(text, { customTags });
  const { Parameters: parameters = {} } = document.toJS() as { Parameters?: Template['parameters'] };
  return { text, document, parameters };
}
