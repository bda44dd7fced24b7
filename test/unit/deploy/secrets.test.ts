import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { setSecret } from '../../../deploy/commands/set-secret.ts';
import { findMissingSecrets, secretArns } from '../../../deploy/source-secrets.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import type { Auth, CompiledSource } from '../../../pipeline/source/source.ts';
import { fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

const place = { account: '123456789012', region: 'eu-central-1', partition: 'aws' };
const gone = { $metadata: {}, message: 'gone' };

function sourceWith(auth?: Auth): CompiledSource {
  const client = {
    base_url: 'https://api.example.com/',
    headers: {},
    timeout_ms: 1,
    concurrency: 1,
    max_attempts: 1,
    ...(auth && { auth }),
  };
  return { v: 1, name: 's', client, resources: [] };
}
const bearer = (store: 'parameter-store' | 'secrets-manager'): CompiledSource =>
  sourceWith({ type: 'bearer', token: { secret: 'team/key', store } });

describe('secretArns', () => {
  const cases: [string, CompiledSource, { SecretParameterArns: string; SecretArns: string }][] = [
    ['nothing without auth', sourceWith(), { SecretParameterArns: '', SecretArns: '' }],
    [
      'one parameter',
      bearer('parameter-store'),
      {
        SecretParameterArns: 'arn:aws:ssm:eu-central-1:123456789012:parameter/catchwater/team/key',
        SecretArns: '',
      },
    ],
    [
      'one secret, whatever six characters end it',
      bearer('secrets-manager'),
      {
        SecretParameterArns: '',
        SecretArns: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:catchwater/team/key-??????',
      },
    ],
  ];
  for (const [what, source, arns] of cases) {
    it(`allows ${what}`, () => expect(secretArns(source, place)).to.deep.equal(arns));
  }
});

const storesThat = (known: boolean) => ({
  ssm: fakeClient({
    GetParameterCommand: () => {
      if (!known) throw new ParameterNotFound(gone);
      return {};
    },
  }),
  secretsManager: fakeClient({
    DescribeSecretCommand: () => {
      if (!known) throw new ResourceNotFoundException(gone);
      return {};
    },
  }),
});

describe('findMissingSecrets', () => {
  it('asks without reading a value', async () => {
    const { ssm, secretsManager } = storesThat(true);
    expect(await findMissingSecrets(bearer('parameter-store'), { ssm, secretsManager })).to.deep.equal([]);
    expect(ssm.sent).to.deep.equal([
      { command: 'GetParameterCommand', input: { Name: '/catchwater/team/key' } },
    ]);
  });

  for (const [store, option] of [
    ['parameter-store', 'catchwater secret set team/key'],
    ['secrets-manager', 'catchwater secret set team/key --store secrets-manager'],
  ] as const) {
    it(`says how to set what ${store} lacks`, async () => {
      const [warning, ...more] = await findMissingSecrets(bearer(store), storesThat(false));
      expect(more).to.deep.equal([]);
      expect(warning?.endsWith(option)).to.equal(true);
    });
  }
});

describe('setSecret', () => {
  it('keeps a parameter encrypted, without the line break of the file it came from', async () => {
    const ssm = fakeClient({ PutParameterCommand: () => ({}) });
    const secret = { name: 'key', value: 'abc\n', store: 'parameter-store' } as const;
    expect(await setSecret(secret, { ssm, secretsManager: fakeClient({}) })).to.equal('/catchwater/key');
    expect(ssm.sent[0]?.input).to.deep.equal({
      Name: '/catchwater/key',
      Value: 'abc',
      Type: 'SecureString',
      Overwrite: true,
    });
  });

  it('makes a secret that is not there yet', async () => {
    const secretsManager = fakeClient({
      PutSecretValueCommand: () => {
        throw new ResourceNotFoundException(gone);
      },
      CreateSecretCommand: () => ({}),
    });
    const secret = { name: 'key', value: 'abc', store: 'secrets-manager', keyId: 'k' } as const;
    await setSecret(secret, { ssm: fakeClient({}), secretsManager });
    expect(secretsManager.sent.at(-1)?.input).to.deep.equal({
      Name: 'catchwater/key',
      SecretString: 'abc',
      KmsKeyId: 'k',
    });
  });

  for (const [name, value] of [
    ['key', ' \n'],
    ['my key', 'abc'],
    ['/key', 'abc'],
    ['', 'abc'],
  ] as const) {
    it(`refuses the name '${name}' with ${JSON.stringify(value)}, and never shows the value`, async () => {
      const stores = { ssm: fakeClient({}), secretsManager: fakeClient({}) };
      const error = await rejection(setSecret({ name, value, store: 'parameter-store' }, stores));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.not.contain('abc');
    });
  }
});
