import { z } from 'zod';
import type { Path } from './yaml-span.ts';

/** The schemas that may stand at a path: several where the language leaves a choice, none where it ends. */
export function schemasAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  const [step, ...rest] = path;
  return choicesOf(schema).flatMap((choice) => {
    if (step === undefined) return [choice];
    const inner = stepInto(choice, step);
    return inner === undefined ? [] : schemasAt(inner, rest);
  });
}

/** The keys that a mapping at the path may have. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const keys = schemasAt(schema, path).flatMap((choice) =>
    choice instanceof z.ZodObject ? Object.keys(choice.shape) : [],
  );
  return [...new Set(keys)];
}

/** The first sentence of what the schema says about a key. */
export function describeKey(schema: z.core.$ZodType, path: Path): string {
  const key = path.at(-1);
  for (const parent of schemasAt(schema, path.slice(0, -1))) {
    if (!(parent instanceof z.ZodObject) || typeof key !== 'string') continue;
    const described = (parent.shape as Record<string, z.ZodType | undefined>)[key]?.description;
    if (described !== undefined) return described.replace(/(?<=[^.…]\.)\s.*$/s, '').replace(/\.$/, '');
  }
  return '';
}

function choicesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return choicesOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(choicesOf);
  return [schema];
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
