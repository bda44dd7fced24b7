import { expect } from 'chai';
import { readSettings } from '../../../functions/dispatch/read-settings.ts';
import { ConfigError } from '../../../pipeline/errors.ts';

const env = {
  AWS_REGION: 'eu-central-1',
  BATCH_BYTES: '104857600',
  BATCH_WINDOW_MINUTES: '60',
  CURATED_BUCKET: 'curated',
  GLUE_DATABASE: 'weather',
  GLUE_JOB: 'partition',
  STAGING_BUCKET: 'staging',
};

describe('readSettings', () => {
  it('turns the environment into settings', () => {
    expect(readSettings(env)).to.deep.equal({
      stagingBucket: 'staging',
      curatedBucket: 'curated',
      glueJob: 'partition',
      glueDatabase: 'weather',
      region: 'eu-central-1',
      batchWindowMs: 3_600_000,
      batchBytes: 104_857_600,
    });
  });

  for (const value of ['-1', 'ten', 'Infinity', 'NaN']) {
    for (const name of ['BATCH_BYTES', 'BATCH_WINDOW_MINUTES']) {
      it(`refuses ${name}=${value}`, () => {
        expect(() => readSettings({ ...env, [name]: value })).to.throw(ConfigError, `${name} is ${value}`);
      });
    }
  }
});
