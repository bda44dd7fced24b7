/** The part of DynamoDB's expression language that the ledger speaks; anything else throws. */

export type Attributes = Record<string, unknown>;

export interface ExpressionInput {
  Key?: unknown;
  Item?: unknown;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Attributes;
}

/** DynamoDB refuses names and values that are used and not given, or given and not used. */
export function checkUse(input: ExpressionInput): void {
  const text = `${input.UpdateExpression ?? ''} ${input.ConditionExpression ?? ''}`;
  const used = new Set(text.match(/[#:]\w+/g));
  const given = [
    ...Object.keys(input.ExpressionAttributeNames ?? {}),
    // The document client leaves out what is undefined.
    ...Object.entries(input.ExpressionAttributeValues ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    ),
  ];
  const stray = [...used].filter((name) => !given.includes(name));
  stray.push(...given.filter((name) => !used.has(name)));
  if (stray.length > 0) throw new Error(`ValidationException: ${stray.join(', ')} in ${text}`);
}

export function holds(input: ExpressionInput, item: Attributes): boolean {
  const tokens = (input.ConditionExpression ?? '').match(/attribute_\w+|AND|OR|[#:]\w+|[()=<]/g) ?? [];
  if (tokens.length === 0) return true;
  const result = either(tokens, input, item);
  if (tokens.length > 0) throw new Error(`cannot read the condition from ${tokens.join(' ')}`);
  return result;
}

function either(tokens: string[], input: ExpressionInput, item: Attributes): boolean {
  let result = both(tokens, input, item);
  while (tokens[0] === 'OR') {
    tokens.shift();
    result = both(tokens, input, item) || result;
  }
  return result;
}

function both(tokens: string[], input: ExpressionInput, item: Attributes): boolean {
  let result = single(tokens, input, item);
  while (tokens[0] === 'AND') {
    tokens.shift();
    result = single(tokens, input, item) && result;
  }
  return result;
}

function single(tokens: string[], input: ExpressionInput, item: Attributes): boolean {
  const first = tokens.shift() ?? '';
  if (first === '(') {
    const result = either(tokens, input, item);
    tokens.shift();
    return result;
  }
  if (first.startsWith('attribute_')) {
    const [, name = ''] = tokens.splice(0, 3);
    const exists = item[nameOf(input, name)] !== undefined;
    return first === 'attribute_exists' ? exists : !exists;
  }
  const [operator, value = ''] = tokens.splice(0, 2);
  const [left, right] = [item[nameOf(input, first)], input.ExpressionAttributeValues?.[value]];
  if (left === undefined) return false;
  return operator === '<'
    ? (left as string) < (right as string)
    : JSON.stringify(left) === JSON.stringify(right);
}

export function applyUpdate(input: ExpressionInput, item: Attributes): Attributes {
  const [, sets, removes] = /^(?:SET (.*?))? ?(?:REMOVE (.*))?$/.exec(input.UpdateExpression ?? '') ?? [];
  const old = { ...item };
  for (const part of sets?.split(/, (?=#\w+ =)/) ?? []) {
    const [name = '', value = ''] = part.split(' = ');
    item[nameOf(input, name)] = valueOf(input, value, old);
  }
  for (const name of removes?.split(', ') ?? []) delete item[nameOf(input, name)];
  return item;
}

function valueOf(input: ExpressionInput, text: string, old: Attributes): unknown {
  const [, call, attribute = '', given = ''] = /^(\w+)\((#\w+), (:\w+)\)$/.exec(text) ?? [];
  const before = old[nameOf(input, attribute)];
  const value = input.ExpressionAttributeValues?.[given];
  if (call === 'if_not_exists') return before ?? value;
  if (call === 'list_append') return [...(before as unknown[]), ...(value as unknown[])];
  const [, summand = '', addend = ''] = /^(#\w+) \+ (:\w+)$/.exec(text) ?? [];
  if (summand !== '') {
    return Number(old[nameOf(input, summand)]) + Number(input.ExpressionAttributeValues?.[addend]);
  }
  if (text.startsWith(':')) return input.ExpressionAttributeValues?.[text];
  throw new Error(`cannot read the value ${text}`);
}

function nameOf(input: ExpressionInput, name: string): string {
  return input.ExpressionAttributeNames?.[name] ?? name;
}
