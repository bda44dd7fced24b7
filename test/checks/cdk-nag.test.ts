import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { acknowledged } from './acknowledged-rules.ts';

const root = resolve(import.meta.dirname, '../..');
const packs = ['AwsSolutions', 'Serverless'];

interface Report {
  pluginReports: {
    pluginName: string;
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
  }[];
}

/** `rule · stack resource` for everything that the two packs find in a template. */
function findViolations(name: 'pipeline' | 'artifacts'): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'catchwater-nag-'));
  const { exitCode } = process;
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, name);
    const templateFile = join(root, 'cloudformation', `${name}.yaml`);
    expect(new CfnInclude(stack, 'template', { templateFile }).stack).to.equal(stack);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
    try {
      app.synth();
    } catch (error) {
      // Any finding makes it throw; the report has them all.
      if (!(error instanceof Error && error.message.startsWith('Validation failed'))) throw error;
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    const reports = report.pluginReports.filter(({ pluginName }) => packs.includes(pluginName));
    return reports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => `${ruleName} · ${constructPath.split('/').at(-1)}`),
      ),
    );
  } finally {
    process.exitCode = exitCode;
    rmSync(outdir, { recursive: true });
  }
}

describe('cdk-nag', () => {
  for (const name of ['pipeline', 'artifacts'] as const) {
    it(`finds in ${name}.yaml what is acknowledged with a reason, no more and no less`, function () {
      this.timeout(60_000);
      const expected = acknowledged[name].flatMap(({ rule, resources }) =>
        resources.map((resource) => `${rule} · ${resource}`),
      );
      expect(findViolations(name)).to.have.members(expected);
    });
  }

  it('has a reason for each', () => {
    for (const { rule, reason } of Object.values(acknowledged).flat())
      expect(reason, rule).to.match(/^[A-Z].{20,}\.$/);
  });
});
