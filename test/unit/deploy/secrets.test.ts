import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { setSecret } from '../../../deploy/commands/set-secret.ts';
import { findMissingSecrets, secretArns } from '../../../deploy/source-secrets.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import type {
  Auth,
  CompiledResource,
  CompiledSource,
  SecretReference,
  TokenRequest,
} from '../../../pipeline/source/source.ts';
import { fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';
import { defaultClient, defaultResource } from '../../../pipeline/source/default-parts.ts';

const place = { account: '123456789012', region: 'eu-central-1', partition: 'aws' };
const gone = { $metadata: {}, message: 'gone' };

function sourceWith(auth?: Auth): CompiledSource {
  const client = {
    ...defaultClient,
    base_url: 'https://api.example.com/',
    ...(auth && { auth }),
  };
  return { v: 1, name: 's', client, resources: [] };
}
const bearer = (store: 'parameter-store' | 'secrets-manager'): CompiledSource =>
  sourceWith({ type: 'bearer', token: { secret: 'team/key', store } });

const parameterArn = 'arn:aws:ssm:eu-central-1:123456789012:parameter/catchwater/';
const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:catchwater/';

describe('secretArns', () => {
  const none = { SecretParameterArns: '', SecretArns: '', RotatingSecretArns: '' };
  const token: TokenRequest = {
    url: 'https://login.example.com/token',
    client_id: { secret: 'id', store: 'secrets-manager' },
    client_secret: { secret: 'key', store: 'parameter-store' },
    client_in: 'body',
    scopes: [],
    data: {},
    token_path: '$.access_token',
    expires_in_path: '$.expires_in',
    lifetime_ms: 1,
  };
  const refreshed = (store: SecretReference['store']): CompiledSource =>
    sourceWith({ type: 'oauth2_refresh_token', token, refresh_token: { secret: 'refresh', store } });

  const cases: [string, CompiledSource, ReturnType<typeof secretArns>][] = [
    ['nothing without auth', sourceWith(), none],
    [
      'nothing with signatures',
      sourceWith({ type: 'aws_sigv4', service: 'execute-api', region: 'eu-central-1' }),
      none,
    ],
    ['one parameter', bearer('parameter-store'), { ...none, SecretParameterArns: `${parameterArn}team/key` }],
    [
      'one secret, whatever six characters end it',
      bearer('secrets-manager'),
      { ...none, SecretArns: `${secretArn}team/key-??????` },
    ],
    [
      'every secret of a token request',
      sourceWith({ type: 'oauth2_client_credentials', token }),
      { ...none, SecretParameterArns: `${parameterArn}key`, SecretArns: `${secretArn}id-??????` },
    ],
    [
      'a refresh token to be replaced, and only that',
      refreshed('parameter-store'),
      {
        SecretParameterArns: `${parameterArn}key,${parameterArn}refresh`,
        SecretArns: `${secretArn}id-??????`,
        RotatingSecretArns: `${parameterArn}refresh`,
      },
    ],
    [
      'a refresh token in the other store to be replaced',
      refreshed('secrets-manager'),
      {
        SecretParameterArns: `${parameterArn}key`,
        SecretArns: `${secretArn}id-??????,${secretArn}refresh-??????`,
        RotatingSecretArns: `${secretArn}refresh-??????`,
      },
    ],
    [
      'the secrets in a login, and user names that are some',
      sourceWith({
        type: 'session_token',
        login: {
          path: 'login',
          method: 'POST',
          headers: {},
          json: {
            u: { secret: 'user', store: 'parameter-store' },
            p: [{ secret: 'pw', store: 'parameter-store' }],
          },
        },
        token_path: '$',
        lifetime_ms: 1,
        name: 'X',
        location: 'header',
        prefix: '',
      }),
      { ...none, SecretParameterArns: `${parameterArn}user,${parameterArn}pw` },
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

  it('asks for every secret that the source names, once', async () => {
    const token = { secret: 'key', store: 'parameter-store' } as const;
    const source = sourceWith({
      type: 'http_basic',
      username: { secret: 'user', store: 'secrets-manager' },
      password: token,
    });
    const resource = { ...defaultResource, protect: [{ path: '$.email', how: 'hash', key: token }] };
    source.resources.push(resource as unknown as CompiledResource);
    const warnings = await findMissingSecrets(source, storesThat(false));
    expect(warnings.map((warning) => /secret set (\S+)/.exec(warning)?.[1])).to.have.members(['key', 'user']);
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
