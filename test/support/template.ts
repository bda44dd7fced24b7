/** The templates as data: CloudFormation's short forms (`!Ref x`) in their long ones (`{ Ref: 'x' }`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type CollectionTag, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';
import type { TemplateParameter } from '../../deploy/read-template.ts';

export interface StackResource {
  Type: string;
  Condition?: string;
  DependsOn?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties: Record<string, unknown>;
}

export interface TemplateDocument {
  Description: string;
  Metadata: {
    'AWS::CloudFormation::Interface': { ParameterGroups: { Label: unknown; Parameters: string[] }[] };
  };
  Parameters: Record<string, TemplateParameter>;
  Conditions: Record<string, unknown>;
  Resources: Record<string, StackResource>;
  Outputs: Record<string, { Description?: string; Value: unknown }>;
}

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: unknown;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

const names = 'Condition Equals If Join Not Select Split Sub'.split(' ');
const longName = (name: string): string => (name === 'Condition' ? name : `Fn::${name}`);

const customTags: (ScalarTag | CollectionTag)[] = [
  { tag: '!Ref', resolve: (value: string) => ({ Ref: value }) },
  { tag: '!GetAtt', resolve: (value: string) => ({ 'Fn::GetAtt': value.split('.') }) },
  ...names.flatMap((name): (ScalarTag | CollectionTag)[] => [
    { tag: `!${name}`, resolve: (value: string) => ({ [longName(name)]: value }) },
    {
      tag: `!${name}`,
      collection: 'seq',
      resolve: (seq: YAMLMap | YAMLSeq) => ({ [longName(name)]: seq.toJSON() as unknown }),
    },
  ]),
];

export function loadTemplate(name: 'pipeline.yaml' | 'artifacts.yaml'): TemplateDocument {
  const text = readFileSync(join(import.meta.dirname, '../../cloudformation', name), 'utf8');
  return parse(text, { customTags }) as TemplateDocument;
}

export function resourcesOf(template: TemplateDocument, type: string): [string, StackResource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

export function propertiesOf(template: TemplateDocument, name: string): Record<string, unknown> {
  const resource = template.Resources[name];
  if (!resource) throw new Error(`the template has no ${name}`);
  return resource.Properties;
}

/** The statements of a policy document, those under a condition too. */
export function statementsOf(document: unknown): Statement[] {
  const { Statement = [] } = document as { Statement?: unknown[] };
  return Statement.flatMap((statement) => {
    const branches = (statement as { 'Fn::If'?: unknown[] })['Fn::If'];
    if (!branches) return [statement as Statement];
    return branches
      .slice(1)
      .filter((branch): branch is Statement => Object.hasOwn(branch as object, 'Effect'));
  });
}

export function roleStatements(template: TemplateDocument, role: string): Statement[] {
  const policies = template.Resources[role]?.Properties['Policies'] as { PolicyDocument: unknown }[];
  return policies.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument));
}

export function actionsOf({ Action }: Statement): string[] {
  return Array.isArray(Action) ? Action : [Action];
}

/** Resource names as text: `!Sub` as it is written, `!GetAtt X.Arn` as `${X.Arn}`, `!Ref X` as `${X}`. */
export function resourceNames({ Resource }: Statement): string[] {
  return (Array.isArray(Resource) ? Resource : [Resource]).map(nameOf);
}

export function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Sub': sub, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `\${${Ref}}`;
  if (Array.isArray(attribute)) return `\${${attribute.join('.')}}`;
  return typeof sub === 'string' ? sub : JSON.stringify(sub);
}
