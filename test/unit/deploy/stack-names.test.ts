import { expect } from 'chai';
import { checkNamesKept, checkStackName, retainedNames } from '../../../deploy/stack-names.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { loadTemplate, propertiesOf } from '../../support/template.ts';

const place = { account: '123456789012', region: 'eu-central-1' };

describe('checkStackName', () => {
  for (const name of ['weather', 'w', 'weather-2', 'a'.repeat(50)]) {
    it(`takes ${name}`, () => expect(() => checkStackName(name, {})).to.not.throw());
  }

  for (const name of ['Weather', 'weather_2', '2weather', '', 'we ather', 'a'.repeat(51)]) {
    it(`refuses '${name}'`, () => expect(() => checkStackName(name, {})).to.throw(ConfigError, 'lower-case'));
  }

  it('says how long a name may be where its buckets would be named too long', () => {
    expect(() => checkStackName('a'.repeat(29), {}, place)).to.not.throw();
    expect(() => checkStackName('a'.repeat(30), {}, place)).to.throw(ConfigError, 'take up to 29 characters');
    const buckets = { StagingBucketName: 'raw', CuratedBucketName: 'tables' };
    expect(() => checkStackName('a'.repeat(30), buckets, place)).to.not.throw();
  });
});

/** The template's own functions, evaluated. */
const derived = (logicalId: string, property: string): string => {
  const [, , sub] = (
    propertiesOf(loadTemplate('pipeline.yaml'), logicalId)[property] as { 'Fn::If': unknown[] }
  )['Fn::If'];
  return (sub as { 'Fn::Sub': string })['Fn::Sub']
    .replace('${AWS::StackName}', 'weather')
    .replace('${AWS::AccountId}', place.account)
    .replace('${AWS::Region}', place.region);
};

describe('retainedNames', () => {
  it('comes to the names that the template derives', () => {
    expect(retainedNames('weather', {}, place)).to.deep.equal({
      StagingBucket: derived('StagingBucket', 'BucketName'),
      CuratedBucket: derived('CuratedBucket', 'BucketName'),
      LedgerTable: derived('LedgerTable', 'TableName'),
    });
  });

  it('prefers those that are given', () => {
    expect(retainedNames('weather', { StagingBucketName: 'raw', LedgerTableName: '' }, place)).to.include({
      StagingBucket: 'raw',
      LedgerTable: 'weather-ledger',
    });
  });
});

describe('checkNamesKept', () => {
  const stack = {
    outputs: { StagingBucket: 'weather-staging-1', GlueJob: 'job' },
    parameters: { StagingBucketName: '', GlueJobName: 'job' },
  };
  for (const given of [
    {},
    { StagingBucketName: '' },
    { StagingBucketName: 'weather-staging-1' },
    { GlueJobName: 'job' },
  ]) {
    it(`takes ${JSON.stringify(given)}`, () => expect(() => checkNamesKept(given, stack)).to.not.throw());
  }

  for (const given of [{ StagingBucketName: 'other' }, { GlueJobName: '' }, { GlueJobName: 'job2' }]) {
    it(`refuses ${JSON.stringify(given)} in words`, () => {
      expect(() => checkNamesKept(given, stack)).to.throw(ConfigError, 'names cannot change on a live stack');
    });
  }
});
