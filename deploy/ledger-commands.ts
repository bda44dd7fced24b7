/** The commands that look into, or write to, the ledger of a stack. */
import type { Command } from 'commander';
import { runAck } from './commands/ack.ts';
import { runDoctor } from './commands/doctor.ts';
import { runGaps } from './commands/gaps.ts';
import { runStatus } from './commands/status.ts';

type Exit = (code: number) => void;

const output = { stdout: process.stdout, stderr: process.stderr };

interface LedgerArguments {
  stack: string;
  region?: string;
  profile?: string;
  json?: boolean;
}

export function addLedgerCommands(program: Command, exit: Exit): void {
  addStatus(program, exit);
  addDoctor(program, exit);
  withStack(program.command('gaps'))
    .description('lists what the API had forgotten before it was fetched, until somebody acknowledges it')
    .option('--exit-code', 'end with 5 when there is one')
    .addHelpText(
      'before',
      'Examples:\n  catchwater gaps --stack weather\n  catchwater ack 3f2a91c0 --stack weather\n',
    )
    .action(async ({ stack, json = false, ...options }: LedgerArguments & { exitCode?: boolean }) =>
      exit(await runGaps({ stackName: stack, json, ...options, ...output })),
    );
  withStack(program.command('ack'))
    .description('acknowledges gaps: somebody has seen that these data will never come')
    .argument('<gap...>', 'what `catchwater gaps` shows them by')
    .addHelpText(
      'before',
      'Examples:\n  catchwater ack 3f2a91c0 --stack weather\n  catchwater ack 3f2a 77e0 --stack weather --json\n',
    )
    .action(async (gaps: string[], { stack, json = false, ...place }: LedgerArguments) =>
      exit(await runAck({ gaps, stackName: stack, json, ...place, ...output })),
    );
}

function addStatus(program: Command, exit: Exit): void {
  withStack(program.command('status'))
    .description('shows on one screen what a pipeline has fetched and loaded, and what stands still and why')
    .addHelpText(
      'before',
      'Examples:\n  catchwater status --stack weather\n  catchwater status --stack weather --json\n',
    )
    .action(async ({ stack, json = false, ...place }: LedgerArguments) =>
      exit(await runStatus({ stackName: stack, json, ...place, ...output })),
    );
}

function addDoctor(program: Command, exit: Exit): void {
  withStack(program.command('doctor'))
    .description('checks a pipeline, and says of what is wrong how to go on')
    .option('--source <path>', 'source file that ought to be deployed')
    .addHelpText(
      'before',
      'Examples:\n  catchwater doctor --stack weather\n  catchwater doctor --stack weather --source weather.yaml --json\n\nExit codes: 0 nothing has failed, 5 something has.\n',
    )
    .action(async ({ stack, source, json = false, ...place }: LedgerArguments & { source?: string }) =>
      exit(await runDoctor({ stackName: stack, sourcePath: source, json, ...place, ...output })),
    );
}

function withStack(command: Command): Command {
  return command
    .requiredOption('--stack <name>', 'name of the stack')
    .option('--region <region>', "AWS region; default: AWS_REGION, or the profile's")
    .option('--profile <name>', 'profile of the AWS configuration, single sign-on included')
    .option('--json', 'one JSON document on standard output');
}
