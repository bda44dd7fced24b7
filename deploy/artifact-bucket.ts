import { adoptRetained } from './adopt-retained.ts';
import type { Connection } from './connect.ts';
import { deployStack } from './deploy-stack.ts';
import { describeStack } from './describe-stack.ts';
import { readTemplate } from './read-template.ts';

export const artifactStack = 'catchwater-artifacts';

/** The bucket for code and compiled sources: a small stack of its own, one for each account and region, made first. */
export async function ensureArtifactBucket(
  { account, region, cloudformation, s3, dynamodb }: Connection,
  onProgress: (line: string) => void,
): Promise<string> {
  const found = await describeStack(cloudformation, artifactStack);
  const known = found?.outputs['ArtifactBucket'];
  if (known !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(found?.status ?? '')) return known;
  onProgress(`making the artifact bucket (stack ${artifactStack})`);
  const template = readTemplate('artifacts.yaml');
  const { text, adopted } = await adoptRetained(
    template,
    { stackName: artifactStack, names: { ArtifactBucket: `catchwater-artifacts-${account}-${region}` } },
    { s3, dynamodb },
  );
  const { outputs } = await deployStack({
    cloudformation,
    stackName: artifactStack,
    template: { body: text },
    known: Object.keys(template.parameters),
    parameters: {},
    tags: { catchwater: 'artifacts' },
    adopts: adopted.length > 0,
    onProgress,
  });
  return outputs['ArtifactBucket'] ?? '';
}
