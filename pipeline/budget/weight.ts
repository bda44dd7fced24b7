import { ConfigError } from '../errors.ts';
import { parseWeight, WeightError, type WeightFacts } from './parse-weight.ts';

/** What is wrong with the expression, for whoever reads the source file; undefined: nothing. */
export function checkWeight(expression: string): { message: string; offset: number } | undefined {
  try {
    parseWeight(expression);
    return undefined;
  } catch (error) {
    if (error instanceof WeightError) return { message: error.message, offset: error.offset };
    throw error;
  }
}

/** What one request counts against its budget. */
export function requestWeight(expression: string, facts: WeightFacts): number {
  const weight = parseWeight(expression)(facts);
  if (Number.isFinite(weight) && weight >= 0) return weight;
  const params = Object.entries(facts.params).map(([name, value]) => `${name}=${value.slice(0, 40)}`);
  throw new ConfigError(
    `api_budget.weight '${expression}' gives ${weight} for the parameters ${params.join(', ') || '(none)'}; a parameter that is not a number, or not sent, cannot be counted with`,
  );
}
