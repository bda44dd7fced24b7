import { z } from 'zod';
import { durationPattern, explainDuration, explainSpan, spanPattern } from '../duration.ts';

/** A length that never changes. */
export const durationSchema = z
  .string()
  .regex(durationPattern, { error: (issue) => explainDuration(String(issue.input)) });

/** A length of the calendar or of the clock: months and years too. */
export const spanSchema = z
  .string()
  .regex(spanPattern, { error: (issue) => explainSpan(String(issue.input)) });
