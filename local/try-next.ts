import { isClone } from '../deploy/package-root.ts';
import type { Stage } from './open-stage.ts';

/** What to do with a running pipeline, ready to be copied. */
export function tryNext({ aws, deployed }: Stage): string {
  const { outputs } = deployed;
  const exports = Object.entries(aws.environment).map(([name, value]) => `${name}=${value}`);
  const program = isClone ? 'npm run -s catchwater --' : 'npx catchwater';
  return `
The schedule goes on; Ctrl-C ends it, and the next start goes on with the same data.

In another terminal, with the AWS command line:
  export ${exports.join(' ')}
  aws s3 ls --recursive s3://${outputs['StagingBucket']}/raw/
  aws dynamodb scan --table-name ${outputs['LedgerTable']} --max-items 5
  aws logs tail ${outputs['DispatchLogGroup']}

With a source of your own:
  ${program} check my-source.yaml
  ${program} local --source my-source.yaml
  ${program} deploy --source my-source.yaml        into your AWS account

Log of the local AWS: ${aws.log}

`;
}
