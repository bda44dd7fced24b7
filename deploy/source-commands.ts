/** The commands that are about a source file. None of them needs an AWS account, but for `check --against`. */
import { InvalidArgumentError, type Command } from 'commander';
import { runCheckAgainst } from './commands/check-against.ts';
import { runCheck } from './commands/check.ts';
import { runImportDlt } from './commands/import-dlt.ts';
import { runInit } from './commands/init.ts';
import { runPreview } from './commands/preview.ts';
import { runRecord } from './commands/record.ts';
import { runSchema } from './commands/schema.ts';
import { runTest } from './commands/test-source.ts';

type Exit = (code: number) => void;

export function addSourceCommands(program: Command, exit: Exit): void {
  addInit(program, exit);
  addImport(program, exit);
  addCheck(program, exit);
  addPreview(program, exit);
  addRecord(program, exit);
  addTest(program, exit);
  addSchema(program, exit);
}

const output = { stdout: process.stdout, stderr: process.stderr };

interface InitArguments {
  header: string[];
  out?: string;
  name?: string;
  path?: string;
  force?: boolean;
  json?: boolean;
}

function addInit(program: Command, exit: Exit): void {
  program
    .command('init')
    .description('writes a source file from a response, every guess marked')
    .argument('<target>', 'http(s) URL, file with a response, or OpenAPI file')
    .option(
      '--header <line...>',
      "header of the request, such as 'X-Api-Key: …'; its value is written nowhere",
      [],
    )
    .option('--out <file>', "file to write; default: the source's name")
    .option('--name <name>', 'name of the source; default: from the host')
    .option('--path <path>', 'of an OpenAPI description: which of its paths')
    .option('--force', 'write over a file that is there')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'before',
      'Examples:\n  catchwater init "https://api.example.com/v1/things?key=…"\n  catchwater init answer.json --name things\n',
    )
    .action(async (target: string, { header, ...options }: InitArguments) => {
      exit(await runInit({ target, headers: header, ...options, ...output }));
    });
}

interface ImportArguments {
  out?: string;
  name?: string;
  force?: boolean;
  json?: boolean;
}

function addImport(program: Command, exit: Exit): void {
  program
    .command('import')
    .description('writes a source file from what another program is told')
    .command('dlt')
    .description(
      "converts a configuration of dlt's rest_api source (JSON or YAML), and lists what could not be carried over",
    )
    .argument('<file>', 'configuration')
    .option('--out <file>', "file to write; default: the source's name")
    .option('--name <name>', 'name of the source; default: of the file')
    .option('--force', 'write over a file that is there')
    .option('--json', 'one JSON document on standard output')
    .addHelpText('before', 'Example:\n  catchwater import dlt github.json\n')
    .action(async (file: string, options: ImportArguments) =>
      exit(await runImportDlt({ file, ...options, ...output })),
    );
}

interface CheckArguments {
  against?: string;
  region?: string;
  profile?: string;
  json?: boolean;
}

function addCheck(program: Command, exit: Exit): void {
  program
    .command('check')
    .description('checks a source file and says what it would make, or change')
    .argument('<file>', 'source file')
    .option('--against <stack>', 'what deploying it would mean for the data of this stack; changes nothing')
    .option('--region <region>', 'AWS region of the stack')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'before',
      `Examples:
  catchwater check weather.yaml
  catchwater check weather.yaml --against weather

Exit codes: 0 fine, 2 the file is wrong; with --against 5: the stored data cannot follow, and deploy would refuse it.
`,
    )
    .action(async (sourcePath: string, { json = false, against, ...place }: CheckArguments) => {
      exit(
        against === undefined
          ? await runCheck({ sourcePath, json, ...output })
          : await runCheckAgainst({ sourcePath, json, stackName: against, ...place, ...output }),
      );
    });
}

interface TrialArguments {
  resource?: string[];
  pages: number;
  slices: number;
  rows: number;
  json?: boolean;
}

function addPreview(program: Command, exit: Exit): void {
  withTrial(program.command('preview'))
    .description(
      'runs a few requests of a source through the very code that fetches, and shows what becomes of them',
    )
    .option('--rows <number>', 'rows to show', parseCount, 10)
    .addHelpText(
      'before',
      `Examples:
  catchwater preview weather.yaml
  WEATHERAPI_KEY=… catchwater preview weather.yaml --resource current_weather --pages 5

Secrets come from environment variables: weatherapi-key from WEATHERAPI_KEY. No AWS account is needed.
`,
    )
    .action(async (sourcePath: string, { json = false, resource, ...options }: TrialArguments) => {
      const chosen = resource && { resources: resource };
      exit(
        await runPreview({ sourcePath, json, ...chosen, ...options, ...output, environment: process.env }),
      );
    });
}

function addRecord(program: Command, exit: Exit): void {
  withTrial(program.command('record'))
    .description('keeps answers of the API beside the source, without secrets, for `catchwater test`')
    .addHelpText('before', 'Example:\n  catchwater record weather.yaml --pages 3\n')
    .action(async (sourcePath: string, { json = false, resource, ...options }: TrialArguments) => {
      const chosen = resource && { resources: resource };
      exit(await runRecord({ sourcePath, json, ...chosen, ...options, ...output, environment: process.env }));
    });
}

function addTest(program: Command, exit: Exit): void {
  program
    .command('test')
    .description('runs a source against its recorded answers, offline: for your CI')
    .argument('<file>', 'source file')
    .option('--update', 'take what comes out as what is expected')
    .option('--json', 'one JSON document on standard output')
    .addHelpText(
      'before',
      'Examples:\n  catchwater test weather.yaml\n  catchwater test weather.yaml --update\n',
    )
    .action(
      async (sourcePath: string, { json = false, update = false }: { json?: boolean; update?: boolean }) =>
        exit(await runTest({ sourcePath, json, update, ...output })),
    );
}

function withTrial(command: Command): Command {
  return command
    .argument('<file>', 'source file')
    .option('--resource <name...>', 'of these resources only')
    .option('--pages <number>', 'requests of each resource', parseCount, 3)
    .option('--slices <number>', 'elements of for_each', parseCount, 3)
    .option('--json', 'one JSON document on standard output');
}

function parseCount(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('it is a whole number, 1 or more');
}

function addSchema(program: Command, exit: Exit): void {
  program
    .command('schema')
    .description('prints the JSON Schema of source files, for an editor')
    .action(() => exit(runSchema({ stdout: process.stdout })));
}
