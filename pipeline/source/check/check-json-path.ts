import { ExpressionError } from '../expression-error.ts';
import { parseJsonPath, type JsonPath } from '../json-path.ts';
import type { Report } from '../report.ts';
import type { Path } from '../yaml-span.ts';

/** The path, or undefined after a report. */
export function checkJsonPath(text: string, path: Path, report: Report): JsonPath | undefined {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(path, error.message, { offset: error.offset, length: error.length });
    return undefined;
  }
}

/** Undefined for a path that cannot be read, which is reported elsewhere. */
export function readJsonPath(text: string): JsonPath | undefined {
  return checkJsonPath(text, [], () => undefined);
}
