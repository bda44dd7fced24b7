import { expect } from 'chai';
import { checkParameters, warnOfShortAlarm } from '../../../deploy/check-parameters.ts';
import { parseAssignments } from '../../../deploy/parse-assignments.ts';
import { readTemplate } from '../../../deploy/read-template.ts';
import { ConfigError } from '../../../pipeline/errors.ts';

const { parameters: known } = readTemplate('pipeline.yaml');
const check = (given: Record<string, string>) => () => checkParameters(given, known);

describe('checkParameters', () => {
  const good: Record<string, string>[] = [
    {},
    { Cadence: 'rate(15 minutes)', CadenceTimeZone: 'Europe/Berlin' },
    { BatchWindowMinutes: '0', GlueWorkers: '10', GlueWorkerType: 'G.2X' },
    { AlarmEmail: '', ReservedConcurrency: '', KmsKeyArn: '' },
    { StagingBucketName: 'my-raw', LogRetentionDays: '365' },
    { PermissionsBoundary: 'arn:aws-cn:iam::123456789012:policy/team/boundary' },
  ];
  for (const given of good) it(`takes ${JSON.stringify(given)}`, () => expect(check(given)).to.not.throw());

  const bad: [Record<string, string>, RegExp][] = [
    [{ Cadense: 'rate(1 hour)' }, /no parameter 'Cadense'; did you mean 'Cadence'\?/],
    [
      { Cadence: 'every(5 minutes)' },
      /Cadence is 'every\(5 minutes\)': it must be rate\(1 minute\|hour\|day\)/,
    ],
    [{ Cadence: 'rate(5 minutes) ' }, /Cadence is/],
    [{ CadenceTimeZone: 'Europe/Berln' }, /no such time zone; did you mean 'Europe\/Berlin'\?/],
    [{ ScheduleState: 'enabled' }, /one of ENABLED, DISABLED; did you mean 'ENABLED'\?/],
    [{ BatchWindowMinutes: '1441' }, /between 0 and 1440/],
    [{ BatchWindowMinutes: 'an hour' }, /it must be a number/],
    [{ BatchWindowMinutes: '' }, /it must be a number/],
    [{ GlueWorkers: '1' }, /between 2 and 100/],
    [{ GlueWorkerType: 'G1X' }, /did you mean 'G\.1X'\?/],
    [{ LogRetentionDays: '31' }, /one of 1, 3, 5/],
    [{ AlarmEmail: 'me' }, /one e-mail address/],
    [{ CuratedBucketName: 'Upper' }, /lower-case letters/],
    [{ KmsKeyArn: 'alias/mine' }, /the ARN of a key, not of an alias/],
    [{ SourceKey: 'sources/x.json' }, /deploy fills in SourceKey itself/],
  ];
  for (const [given, message] of bad) {
    it(`refuses ${JSON.stringify(given)}`, () => expect(check(given)).to.throw(ConfigError, message));
  }

  it('names every fault at once', () => {
    expect(check({ Cadense: 'x', GlueWorkers: '1' })).to.throw(/Cadense[^]*\nGlueWorkers/);
  });
});

describe('warnOfShortAlarm', () => {
  const cases: [Record<string, string>, string | undefined][] = [
    [{}, undefined],
    [{ Cadence: 'rate(15 minutes)' }, undefined],
    [{ Cadence: 'rate(1 day)' }, 'StaleAfterHours=49'],
    [{ Cadence: 'rate(1 day)', StaleAfterHours: '49' }, undefined],
    [{ Cadence: 'rate(1 day)', StaleAfterHours: '48' }, 'StaleAfterHours=49'],
    [{ Cadence: 'rate(1 hour)', BatchWindowMinutes: '240' }, 'StaleAfterHours=6'],
    [{ Cadence: 'rate(30 days)' }, 'StaleAfterHours=168'],
    [{ Cadence: 'cron(5 * * * ? *)' }, undefined],
  ];
  for (const [given, advice] of cases) {
    it(`says ${advice ?? 'nothing'} for ${JSON.stringify(given)}`, () => {
      const warning = warnOfShortAlarm(given, known);
      if (advice === undefined) expect(warning).to.equal(undefined);
      else expect(warning).to.contain(advice);
    });
  }
});

describe('parseAssignments', () => {
  it('parts at the first equals sign', () => {
    expect(parseAssignments(['Cadence=rate(1 hour)', 'A==b', 'Empty='])).to.deep.equal({
      Cadence: 'rate(1 hour)',
      A: '=b',
      Empty: '',
    });
  });

  for (const words of [['Cadence'], ['=x'], ['A=1', 'A=2']]) {
    it(`refuses ${words.join(' ')}`, () => expect(() => parseAssignments(words)).to.throw(ConfigError));
  }
});
