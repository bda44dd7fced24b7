import { ConfigError } from '../../pipeline/errors.ts';
import type { DispatchSettings } from './deps.ts';

type Environment = Record<
  | 'AWS_REGION'
  | 'BATCH_BYTES'
  | 'BATCH_WINDOW_MINUTES'
  | 'CURATED_BUCKET'
  | 'GLUE_DATABASE'
  | 'GLUE_JOB'
  | 'STAGING_BUCKET',
  string
>;

export function readSettings(env: Environment): DispatchSettings {
  return {
    stagingBucket: env.STAGING_BUCKET,
    curatedBucket: env.CURATED_BUCKET,
    glueJob: env.GLUE_JOB,
    glueDatabase: env.GLUE_DATABASE,
    region: env.AWS_REGION,
    batchWindowMs: numberOf(env, 'BATCH_WINDOW_MINUTES') * 60_000,
    batchBytes: numberOf(env, 'BATCH_BYTES'),
  };
}

function numberOf(env: Environment, name: 'BATCH_BYTES' | 'BATCH_WINDOW_MINUTES'): number {
  const value = Number(env[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigError(
    `${name} is ${env[name]}: it must be a number from 0 up; the template sets it, deploy again`,
  );
}
