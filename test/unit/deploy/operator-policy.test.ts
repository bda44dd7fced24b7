import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { calledCommands } from '../../support/called-commands.ts';
import { readPolicy } from '../../support/operator-policy.ts';

const commands: Record<'look' | 'act', [file: string, name: string][]> = {
  look: [
    ['status', 'runStatus'],
    ['doctor', 'runDoctor'],
    ['gaps', 'runGaps'],
    ['runs', 'runRuns'],
    ['runs', 'runShow'],
    ['check-against', 'runCheckAgainst'],
  ],
  act: [
    ['ack', 'runAck'],
    ['reprocess', 'runReprocess'],
  ],
};

/** What an operation is allowed by; a transaction by what it consists of, which is put and update here. */
const actions: Record<string, string[]> = {
  'client-cloudformation/DescribeStacksCommand': ['cloudformation:DescribeStacks'],
  'client-s3/GetObjectCommand': ['s3:GetObject'],
  'client-s3/ListObjectVersionsCommand': ['s3:ListBucketVersions'],
  'lib-dynamodb/GetCommand': ['dynamodb:GetItem'],
  'lib-dynamodb/BatchGetCommand': ['dynamodb:BatchGetItem'],
  'lib-dynamodb/QueryCommand': ['dynamodb:Query'],
  'lib-dynamodb/PutCommand': ['dynamodb:PutItem'],
  'lib-dynamodb/UpdateCommand': ['dynamodb:UpdateItem'],
  'lib-dynamodb/TransactWriteCommand': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  // Allowed to everybody.
  'client-sts/GetCallerIdentityCommand': [],
};

function actionsOf([file, name]: [string, string]): string[] {
  const called = [...calledCommands(`deploy/commands/${file}.ts`, name)];
  const unknown = called.filter((command) => actions[command] === undefined);
  if (unknown.length > 0) throw new Error(`${name} calls ${unknown.join(', ')}: which action is that?`);
  return called.flatMap((command) => actions[command] ?? []);
}

const allowedBy = (policy: 'look' | 'act') =>
  readPolicy(policy).Statement.flatMap(({ Action }) => [Action].flat());

describe('docs/operator-policy.md', () => {
  const look = new Set(allowedBy('look'));
  const act = new Set(allowedBy('act'));

  for (const command of commands.look) {
    it(`lets those who look run ${command.join(': ')}`, () => {
      const needed = actionsOf(command);
      expect(needed).to.include('cloudformation:DescribeStacks');
      expect(needed.join(' ')).to.match(/dynamodb:(Query|GetItem)/);
      expect(needed.filter((action) => !look.has(action))).to.deep.equal([]);
    });
  }

  for (const command of commands.act) {
    it(`lets those who act run ${command[0]}`, () => {
      const needed = actionsOf(command);
      expect(needed).to.include('dynamodb:UpdateItem');
      expect(needed.filter((action) => !look.has(action) && !act.has(action))).to.deep.equal([]);
    });
  }

  it('allows nothing that no command calls', () => {
    const all = new Set(Object.values(commands).flat().flatMap(actionsOf));
    expect([...look, ...act].filter((action) => !all.has(action))).to.deep.equal([]);
  });

  it('lets those who look write nothing, and has no wildcard but below a prefix', () => {
    expect([...look].filter((action) => /:(Put|Update|Delete|Start|Invoke)/.test(action))).to.deep.equal([]);
    for (const { Action, Resource } of [...readPolicy('look').Statement, ...readPolicy('act').Statement]) {
      for (const action of [Action].flat()) expect(action).to.not.include('*');
      for (const resource of [Resource].flat())
        expect(resource)
          .to.match(/^arn:.*[^:]\/?\*?$/)
          .and.not.match(/^\*$|:\*$/);
    }
  });

  it('lets nobody change cursors, windows, loads or budgets', () => {
    for (const { Sid, Condition } of readPolicy('act').Statement) {
      const keys = [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? '*'].flat();
      expect(
        keys.map((key) => key.replace('#*', '')),
        Sid,
      ).to.satisfy((kinds: string[]) =>
        kinds.every((kind) => ['GAP', 'TABLE', 'OBJECT', 'LEASE'].includes(kind)),
      );
    }
  });

  it('names every command that asks for a stack', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../../docs/operator-policy.md'), 'utf8');
    for (const [file] of Object.values(commands).flat())
      expect(text).to.include(file === 'check-against' ? '`check --against`' : `\`${file}\``);
  });
});
