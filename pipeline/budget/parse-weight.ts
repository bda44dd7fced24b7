/**
 * The arithmetic of `weight`: numbers, `+ - * /`, brackets, `min max ceil floor round`, `slices`, `params.x` and
 * `count(params.x)`. A parser of one's own is smaller than a library and knows the place of every mistake.
 */
import { CatchwaterError } from '../errors.ts';
import { didYouMean } from '../source/nearest-name.ts';

export interface WeightFacts {
  params: Record<string, string>;
  slices: number;
}

export type Weight = (facts: WeightFacts) => number;

/** A mistake in the expression; `offset` counts characters from 0. */
export class WeightError extends CatchwaterError {
  override name = 'WeightError';
  offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface Token {
  kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  text: string;
  offset: number;
}

const functions = { min: Math.min, max: Math.max, ceil: Math.ceil, floor: Math.floor, round: Math.round };
const oneArgument = ['ceil', 'floor', 'round'];
const known = [...Object.keys(functions), 'count', 'params', 'slices'];
const token = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|'([^']*)'|"([^"]*)"|([-+*/(),.[\]]))/y;

/** Throws WeightError. */
export function parseWeight(text: string): Weight {
  const tokens = readTokens(text);
  const weight = sum(tokens);
  const [rest] = tokens;
  if (rest && rest.kind !== 'end') throw expected(rest, 'an operator, or the end');
  return weight;
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  while (text.slice(end).trim() !== '') {
    token.lastIndex = end;
    const match = token.exec(text);
    if (!match) {
      const offset = end + (/\S/.exec(text.slice(end))?.index ?? 0);
      throw new WeightError(`'${text[offset]}' means nothing here`, offset);
    }
    end = token.lastIndex;
    const [whole, number, name, single, double, sign] = match;
    const content = number ?? name ?? single ?? double ?? sign ?? '';
    const kind = number ? 'number' : name ? 'name' : sign ? 'sign' : 'text';
    tokens.push({ kind, text: content, offset: end - whole.trimStart().length });
  }
  return [...tokens, { kind: 'end', text: '', offset: text.length }];
}

function sum(tokens: Token[]): Weight {
  return chain(tokens, ['+', '-'], product);
}

function product(tokens: Token[]): Weight {
  return chain(tokens, ['*', '/'], value);
}

/** From left to right. */
function chain(tokens: Token[], signs: string[], operand: (tokens: Token[]) => Weight): Weight {
  let left = operand(tokens);
  while (isSign(tokens[0], signs)) {
    const sign = tokens.shift()?.text;
    const [before, right] = [left, operand(tokens)];
    left = (facts) => calculate(sign, before(facts), right(facts));
  }
  return left;
}

function calculate(sign: string | undefined, left: number, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  return sign === '*' ? left * right : left / right;
}

function value(tokens: Token[]): Weight {
  const first = tokens.shift() as Token;
  const { kind, text } = first;
  if (kind === 'number') return () => Number(text);
  if (isSign(first, ['('])) {
    const inner = sum(tokens);
    take(tokens, ')');
    return inner;
  }
  if (kind !== 'name') throw expected(first, 'a number, a name or a bracket');
  if (text === 'slices') return ({ slices }) => slices;
  if (text === 'params') {
    const name = parameterName(tokens);
    return ({ params }) => readNumber(params, name);
  }
  if (text === 'count') {
    take(tokens, '(');
    if (tokens[0]?.text !== 'params')
      throw expected(tokens[0] as Token, 'a parameter, as in count(params.hourly)');
    tokens.shift();
    const name = parameterName(tokens);
    take(tokens, ')');
    return ({ params }) => (params[name] ? params[name].split(',').length : 0);
  }
  return call(first, tokens);
}

function call(name: Token, tokens: Token[]): Weight {
  const [, work] = Object.entries(functions).find(([own]) => own === name.text) ?? [];
  if (!work) {
    const remedy = didYouMean(name.text, known) || `: there are ${known.join(', ')}`;
    throw new WeightError(`'${name.text}' is not known${remedy}`, name.offset);
  }
  take(tokens, '(');
  const given = [sum(tokens)];
  while (isSign(tokens[0], [',']) && !oneArgument.includes(name.text)) {
    tokens.shift();
    given.push(sum(tokens));
  }
  take(tokens, ')');
  return (facts) => work(...(given.map((argument) => argument(facts)) as [number]));
}

/** `.name` or `['odd name']`. */
function parameterName(tokens: Token[]): string {
  const isDotted = isSign(tokens[0], ['.']);
  take(tokens, isDotted ? '.' : '[');
  const name = tokens.shift() as Token;
  if (name.kind !== (isDotted ? 'name' : 'text'))
    throw expected(name, `the parameter's name${isDotted ? '' : ' in quotes'}`);
  if (!isDotted) take(tokens, ']');
  return name.text;
}

function readNumber(params: Record<string, string>, name: string): number {
  const text = params[name];
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

function isSign(found: Token | undefined, signs: string[]): boolean {
  return found?.kind === 'sign' && signs.includes(found.text);
}

function take(tokens: Token[], sign: string): void {
  const found = tokens[0] as Token;
  if (!isSign(found, [sign])) throw expected(found, `'${sign}'`);
  tokens.shift();
}

function expected({ kind, text, offset }: Token, what: string): WeightError {
  return new WeightError(
    `${kind === 'end' ? 'it ends' : `'${text}' stands`} where ${what} is expected`,
    offset,
  );
}
