import { CommanderError } from 'commander';
import { expect } from 'chai';
import { DeclinedError, StackError } from '../../../deploy/errors.ts';
import { explainError } from '../../../deploy/explain-error.ts';
import { runProgram } from '../../../deploy/program.ts';
import { CatchwaterError, ConfigError, CredentialsError } from '../../../pipeline/errors.ts';
import { awsError } from '../../support/fake-client.ts';

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the program with what it writes caught. */
async function run(...argv: string[]): Promise<Ran> {
  const ran = { stdout: '', stderr: '' };
  const originals = {
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      ran[name] += String(text);
      return true;
    };
  }
  try {
    return {
      code: await runProgram(argv, { version: '1.2.3', runLocal: async ({ port }) => port ?? 0 }),
      ...ran,
    };
  } finally {
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  }
}

describe('explainError', () => {
  const expired = awsError('ExpiredToken', 'The security token has expired');
  const cases: [Error, number, RegExp][] = [
    [new ConfigError('no'), 2, /^no$/],
    [new CommanderError(1, 'x', 'error: unknown option'), 2, /^unknown option$/],
    [new DeclinedError('not confirmed'), 3, /^not confirmed$/],
    [new CredentialsError('sign in'), 4, /^sign in$/],
    [expired, 4, /Sign in again/],
    [new StackError('rolled back'), 1, /^rolled back$/],
    [new CatchwaterError('cannot', { cause: new Error('denied') }), 1, /^cannot\nbecause: Error: denied$/],
    [Object.assign(awsError('Throttling', 'slow'), { $metadata: {} }), 1, /^AWS answered Throttling: slow$/],
    [awsError('AbortError', 'stopped by Ctrl-C'), 130, /^stopped/],
    [
      Object.assign(new Error('getaddrinfo ENOTFOUND x'), { code: 'ENOTFOUND' }),
      1,
      /^getaddrinfo ENOTFOUND x$/,
    ],
    [new TypeError('a fault of ours'), 1, /a fault of ours\n\s+at /],
  ];
  for (const [error, exitCode, message] of cases) {
    it(`ends with ${exitCode} after ${error.name}`, () => {
      const explained = explainError(error);
      expect(explained.exitCode).to.equal(exitCode);
      expect(explained.message).to.match(message);
    });
  }
});

describe('the command line', () => {
  it('helps with examples first, on standard output', async () => {
    for (const words of [
      ['--help'],
      ['deploy', '--help'],
      ['destroy', '--help'],
      ['check', '--help'],
      ['gaps', '--help'],
      ['ack', '--help'],
      ['runs', '--help'],
      ['runs', 'show', '--help'],
      ['secret', 'set', '--help'],
    ]) {
      const { code, stdout, stderr } = await run(...words);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^Examples:\n/);
      expect(stderr).to.equal('');
    }
  });

  it('tells its version', async () => {
    expect(await run('--version')).to.deep.equal({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('gives the words after `local` on, and ends as that does', async () => {
    expect((await run('local', '--once', '--port', '7')).code).to.equal(7);
  });

  const mistakes: [string[], RegExp][] = [
    [['dploy'], /unknown command 'dploy'\n\(Did you mean deploy\?\)/],
    [['deploy'], /required option '--source <path>' not specified/],
    [['deploy', '--source', 'x', '--sorce', 'x'], /unknown option '--sorce'/],
    [['destroy'], /required option '--stack <name>'/],
    [['gaps'], /required option '--stack <name>'/],
    [['runs'], /required option '--stack <name>'/],
    [['runs', '--stack', 'weather', '--limit', '0'], /write a number from 1 to 1000/],
    [['runs', 'show', '--stack', 'weather'], /missing required argument 'run'/],
    [['runs', 'show', 'L1'], /required option '--stack <name>'/],
    [['ack', '--stack', 'weather'], /missing required argument 'gap'/],
    [['check', 'missing.yaml', '--against', 'weather'], /there is no source file 'missing\.yaml'/],
    [['local', '--port', 'x'], /a port is a number/],
    [['secret', 'set', 'key', '--store', 'vault'], /Allowed choices are parameter-store, secrets-manager/],
    [['deploy', '--source', 'missing.yaml'], /there is no source file 'missing\.yaml'/],
    [['deploy', '--source', 'missing.yaml', 'Cadense=x'], /did you mean 'Cadence'\?/],
    [['deploy', '--source', 'missing.yaml', 'Cadence'], /is no stack parameter/],
    [['destroy', '--stack', 'Weather'], /must begin with a letter/],
    [['destroy', '--stack', 'catchwater-artifacts'], /shared by all pipelines/],
  ];
  for (const [words, message] of mistakes) {
    it(`ends with 2 after catchwater ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(...words);
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
      expect(stdout).to.equal('');
    });

    if (words[0] !== 'local' && words[0] !== 'dploy') {
      it(`says so in JSON where that is asked for: ${words.join(' ')}`, async () => {
        const { code, stderr } = await run(...words, '--json');
        expect(code).to.equal(2);
        const { schemaVersion, error } = JSON.parse(stderr) as {
          schemaVersion: number;
          error: { exitCode: number };
        };
        expect({ schemaVersion, exitCode: error.exitCode }).to.deep.equal({ schemaVersion: 1, exitCode: 2 });
      });
    }
  }
});
