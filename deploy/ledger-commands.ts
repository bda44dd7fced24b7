/** The commands that look into, or write to, the ledger of a stack. */
import { InvalidArgumentError, type Command } from 'commander';
import { runAck } from './commands/ack.ts';
import { runDoctor } from './commands/doctor.ts';
import { runGaps } from './commands/gaps.ts';
import { runRuns, runShow } from './commands/runs.ts';
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
  addRuns(program, exit);
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

interface RunsArguments extends LedgerArguments {
  resource?: string;
  table?: string;
  failed?: boolean;
  since?: string;
  limit: number;
}

function addRuns(program: Command, exit: Exit): void {
  const runs = withStack(program.command('runs'))
    .description('lists fetches and loads, the newest first')
    .option('--resource <name>', 'fetches of this resource, and loads of what they landed')
    .option('--table <name>', 'loads into this table, and fetches that feed it')
    .option('--failed', 'only what failed')
    .option('--since <time>', 'ISO 8601: a time, or a span up to now, such as PT24H')
    .option('--limit <number>', 'how many at most', parseLimit, 20)
    .addHelpText(
      'before',
      'Examples:\n  catchwater runs --stack weather\n  catchwater runs --stack weather --failed --since P7D\n  catchwater runs show hourly_weather@2026-11-21T10:05:00Z --stack weather\n',
    )
    .action(async ({ stack, json = false, failed = false, ...filters }: RunsArguments) =>
      exit(await runRuns({ stackName: stack, json, failed, ...filters, ...output })),
    );
  runs
    .command('show')
    .description('shows a load with its receipt, or the fetch of a window, in full')
    .argument('<run>', 'as `catchwater runs` names it')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'before',
      'Examples:\n  catchwater runs show 20261121T101500000Z-3f2a91c0 --stack weather\n  catchwater runs show hourly_weather@2026-11-21T10:05:00Z --stack weather --json\n',
    )
    .action(async (run: string, _own: object, command: Command) => {
      const { stack, json = false, region, profile } = command.optsWithGlobals<LedgerArguments>();
      exit(await runShow({ run, stackName: stack, json, region, profile, ...output }));
    });
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new InvalidArgumentError('write a number from 1 to 1000.');
  }
  return limit;
}

function withStack(command: Command): Command {
  return command
    .requiredOption('--stack <name>', 'name of the stack')
    .option('--region <region>', "AWS region; default: AWS_REGION, or the profile's")
    .option('--profile <name>', 'profile of the AWS configuration, single sign-on included')
    .option('--json', 'one JSON document on standard output');
}
