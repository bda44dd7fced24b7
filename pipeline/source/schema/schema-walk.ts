import { z } from 'zod';
import { isMapping } from '../merge-defaults.ts';
import type { Path } from '../yaml-span.ts';

/**
 * The schemas that may stand at a path: several where the language leaves a choice, none where it ends. With the value
 * that stands there, a choice by `type` is the one that it made.
 */
export function schemasAt(schema: z.core.$ZodType, path: Path, value?: unknown): z.core.$ZodType[] {
  const [step, ...rest] = path;
  return choicesOf(schema, value).flatMap((choice) => {
    if (step === undefined) return [choice];
    const inner = stepInto(choice, step);
    return inner === undefined ? [] : schemasAt(inner, rest, valueAt(value, [step]));
  });
}

/** The keys that a mapping at the path may have. */
export function keysAt(schema: z.core.$ZodType, path: Path, value?: unknown): string[] {
  const keys = schemasAt(schema, path, value).flatMap((choice) =>
    choice instanceof z.ZodObject ? Object.keys(choice.shape) : [],
  );
  return [...new Set(keys)];
}

/** The first sentence of what the schema says about a key. */
export function describeKey(schema: z.core.$ZodType, path: Path, value?: unknown): string {
  const key = path.at(-1);
  for (const parent of schemasAt(schema, path.slice(0, -1), value)) {
    if (!(parent instanceof z.ZodObject) || typeof key !== 'string') continue;
    const described = (parent.shape as Record<string, z.ZodType | undefined>)[key]?.description;
    if (described !== undefined) return described.replace(/(?<=[^.…]\.)\s.*$/s, '').replace(/\.$/, '');
  }
  return '';
}

/** What stands at a path of a plain value; undefined for nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (found, step) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (found as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}

function choicesOf(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return choicesOf(schema.unwrap(), value);
  if (!(schema instanceof z.ZodUnion)) return [schema];
  const choices = schema.options.flatMap((option) => choicesOf(option, value));
  const made = isMapping(value) ? choices.filter((choice) => isOfType(choice, value['type'])) : [];
  return made.length > 0 ? made : choices;
}

function isOfType(choice: z.core.$ZodType, type: unknown): boolean {
  const literal =
    choice instanceof z.ZodObject ? (choice.shape as Record<string, unknown>)['type'] : undefined;
  return literal instanceof z.ZodLiteral && literal.values.has(type as string);
}

function stepInto(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Record<string, z.core.$ZodType>;
    return Object.hasOwn(shape, step) ? shape[step] : undefined;
  }
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}
