import type { Answer, Handler } from './api-server.ts';
import type { Script } from './row.ts';

/** What a row's script answers, question by question. */
export function playScript(script: Script): Handler {
  if (typeof script === 'function') return script();
  if (isList(script)) {
    return ({ number, target }) => script[number - 1] ?? unexpected(target);
  }
  const asked = new Map<string, number>();
  return ({ path, target }) => {
    const answers = script[path];
    if (answers === undefined) return unexpected(target);
    if (!isList(answers)) return answers;
    const number = asked.get(path) ?? 0;
    asked.set(path, number + 1);
    return answers[Math.min(number, answers.length - 1)] ?? unexpected(target);
  };
}

/** The row notices: its requests or its outcome are others than it says. */
function unexpected(target: string): Answer {
  return { status: 418, text: `the script has no answer to ${target}` };
}

function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
  return Array.isArray(value);
}
