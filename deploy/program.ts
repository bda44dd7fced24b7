import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { explainError } from './explain-error.ts';
import {
  deployAndPrint,
  destroyAndPrint,
  packageAndPrint,
  reprocessAndPrint,
  setSecretAndPrint,
  type DeployArguments,
  type DestroyArguments,
  type PackageArguments,
  type ReprocessArguments,
  type SecretArguments,
} from './print-results.ts';
import { say } from './say.ts';
import { addLedgerCommands } from './ledger-commands.ts';
import { addSourceCommands } from './source-commands.ts';

export interface ProgramParts {
  version: string;
  /** Tests put something else in its place. */
  runLocal?: (options: LocalArguments) => Promise<number>;
}

/** Parses, prints what went wrong, and answers the exit code; the commands themselves are functions. */
export async function runProgram(
  argv: string[],
  { version, runLocal = startLocal }: ProgramParts,
): Promise<number> {
  let code = 0;
  const json = argv.includes('--json');
  const exit = (result: number): void => {
    code = result;
  };
  const program = describeProgram(version, json);
  addLocal(program, async (options) => exit(await runLocal(options)));
  addSourceCommands(program, exit);
  addDeploy(program);
  addReprocess(program, exit);
  addDestroy(program);
  addLedgerCommands(program, exit);
  addSecret(program);
  addPackage(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Help or the version was asked for, and has been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { exitCode, name, message } = explainError(error);
    if (json) say(JSON.stringify({ schemaVersion: 1, error: { name, message, exitCode } }));
    else if (!(error instanceof CommanderError)) say(message);
    return exitCode;
  }
}

/** Only this command needs the local AWS and what belongs to it. */
async function startLocal(options: LocalArguments): Promise<number> {
  const { runLocal } = await import('../local/start.ts');
  return runLocal(options);
}

const examples = `Examples:
  catchwater local                     try it on this machine, without an AWS account
  catchwater init https://api.example.com/v1/things
                                       a first source file, from one response
  catchwater check weather.yaml        what the file would make, or what is wrong with it
  catchwater deploy --source weather.yaml Cadence='rate(15 minutes)' AlarmEmail=me@example.com
  catchwater destroy --stack weather
`;

function describeProgram(version: string, json: boolean): Command {
  return (
    new Command('catchwater')
      .description(
        'One YAML file in, a scheduled, self-checking ingestion pipeline out, in your own AWS account.',
      )
      .version(version)
      .exitOverride()
      // Commander prints what is wrong with the words; where JSON is wanted, that is printed as JSON.
      .configureOutput(json ? { writeErr: () => undefined } : {})
      .addHelpText('before', examples)
      .showHelpAfterError('catchwater --help shows examples')
  );
}

function addLocal(program: Command, run: (options: LocalArguments) => Promise<void>): void {
  program
    .command('local')
    .description('runs a pipeline on this machine, on a local AWS, from the schedule to the query')
    .option('--source <path>', 'source file; default: Open-Meteo, answered by a sample API')
    .option('--cadence <expression>', 'beat of the schedule; default: rate(1 minute)')
    .option('--once', 'one full cycle, then end')
    .option('--fresh', 'forget the data of earlier runs')
    .option('--port <number>', 'port of the local AWS; default: a free one', parsePort)
    .option('--json', 'one cycle, and one JSON document on standard output')
    .addHelpText(
      'before',
      'Examples:\n  catchwater local\n  catchwater local --source weather.yaml --once --json\n',
    )
    .action((options: LocalArguments) => run(options));
}

export interface LocalArguments {
  source?: string;
  cadence?: string;
  once?: boolean;
  fresh?: boolean;
  port?: number;
  json?: boolean;
}

function addDeploy(program: Command): void {
  withPlace(program.command('deploy'))
    .description('makes or updates the pipeline of a source file')
    .requiredOption('--source <path>', 'source file')
    .option('--stack <name>', "name of the stack; default: the source's name")
    .option('--base-url <url>', "instead of the source's base_url: a proxy, or a stand-in for the API")
    .option(
      '--reprocess',
      'make tables anew whose stored files cannot follow the source: their raw responses are read again',
    )
    .option('--yes', 'do not ask')
    .argument(
      '[parameters...]',
      "stack parameters, such as Cadence='rate(1 hour)'; the others stay as they are",
    )
    .addHelpText(
      'before',
      `Examples:
  catchwater deploy --source weather.yaml
  catchwater deploy --source weather.yaml --stack weather-test Cadence='cron(5 * * * ? *)' BatchWindowMinutes=0
  catchwater deploy --source weather.yaml --reprocess
`,
    )
    .action((words: string[], options: DeployArguments) => deployAndPrint(words, options));
}

function addReprocess(program: Command, exit: (code: number) => void): void {
  withPlace(program.command('reprocess'))
    .description('reads the raw responses of a table again, as its deployed source says now; calls no API')
    .requiredOption('--stack <name>', 'name of the stack')
    .requiredOption('--table <name>', 'table to make anew')
    .option('--dry-run', 'show the plan, do nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'before',
      `Examples:
  catchwater reprocess --stack weather --table hourly_weather --dry-run
  catchwater reprocess --stack weather --table hourly_weather --yes

The plan comes first. The new files are made beside the old ones and checked, then queries are switched to them at once.
It goes on when this command is stopped; the same command watches it again.

Exit codes: 0 done, or planned; 1 the new files are at fault, or loads die; 2 refused, nothing was changed (raw responses are
no longer there; the ledger has moved since the plan); 3 not confirmed.
`,
    )
    .action(async (options: ReprocessArguments) => exit(await reprocessAndPrint(options)));
}

function addDestroy(program: Command): void {
  withPlace(program.command('destroy'))
    .description('deletes a pipeline; its data are kept, unless you say otherwise')
    .requiredOption('--stack <name>', 'name of the stack')
    .option('--purge-data', 'delete the buckets with everything in them, and the ledger')
    .option('--yes', 'do not ask')
    .addHelpText(
      'before',
      'Examples:\n  catchwater destroy --stack weather-test\n  catchwater destroy --stack weather-test --purge-data --yes\n',
    )
    .action((options: DestroyArguments) => destroyAndPrint(options));
}

function addSecret(program: Command): void {
  const secret = program.command('secret').description('keeps the secrets that sources refer to by name');
  withPlace(secret.command('set'))
    .description('stores a secret; its value is typed without an echo, or read from standard input')
    .argument('<name>', 'name, as in the source file')
    .addOption(
      new Option('--store <store>', 'where')
        .choices(['parameter-store', 'secrets-manager'])
        .default('parameter-store'),
    )
    .option('--key-id <id>', "KMS key to encrypt it with; default: the store's own")
    .addHelpText(
      'before',
      'Examples:\n  catchwater secret set weatherapi-key\n  catchwater secret set weatherapi-key < key.txt\n',
    )
    .action((name: string, options: SecretArguments) => setSecretAndPrint(name, options));
}

function addPackage(program: Command): void {
  program
    .command('package')
    .description('leaves the files for a deployment by hand in a folder')
    .option('--source <path...>', 'source files to compile; default: the ready-made ones')
    .option('--out <folder>', 'folder to write to', 'dist')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('before', 'Example:\n  catchwater package --source weather.yaml --out dist\n')
    .action((options: PackageArguments) => packageAndPrint(options));
}

function withPlace(command: Command): Command {
  return command
    .option('--region <region>', "AWS region; default: AWS_REGION, or the profile's")
    .option('--profile <name>', 'profile of the AWS configuration, single sign-on included')
    .option('--json', 'one JSON document on standard output');
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('a port is a number from 1 to 65535.');
  }
  return port;
}
