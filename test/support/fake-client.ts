type Answer = (input: never) => unknown;

export interface FakeClient {
  /** `DeleteStackCommand` and what it was sent with, in order. */
  sent: { command: string; input: Record<string, unknown> }[];
  send(command: { constructor: { name: string }; input: object }): Promise<never>;
}

/** An SDK client that answers the named commands, and fails on any other. `never`: it fits wherever a client is typed. */
export function fakeClient(answers: Record<string, Answer>): FakeClient {
  const sent: FakeClient['sent'] = [];
  return {
    sent,
    async send(command) {
      const name = command.constructor.name;
      sent.push({ command: name, input: { ...command.input } });
      const answer = answers[name];
      if (!answer) throw new Error(`${name} was not expected`);
      return (await answer(command.input as never)) as never;
    },
  };
}

/** An error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
