import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { setSecret } from '../../deploy/commands/set-secret.ts';
import { createSecrets } from '../../functions/fetch/read-secret.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import { startPlainAws, type PlainAws } from '../support/plain-aws.ts';

describe('secrets of the local AWS', function () {
  this.timeout(60_000);
  let aws: PlainAws;
  let stores: { ssm: SSMClient; secretsManager: SecretsManagerClient };
  before(async () => {
    aws = await startPlainAws();
    stores = { ssm: new SSMClient(aws.config), secretsManager: new SecretsManagerClient(aws.config) };
  });
  after(() => aws.stop());

  /** One warm function. */
  const open = (): Secrets => createSecrets(stores, () => new Date(0));

  for (const store of ['parameter-store', 'secrets-manager'] as const) {
    it(`in ${store} are replaced where nobody was faster`, async () => {
      const reference = { secret: 'team/refresh', store };
      await setSecret({ name: reference.secret, value: 'one', store }, stores);
      const slow = open();
      expect(await slow.read(reference)).to.equal('one');
      expect(await open().replace(reference, 'one', 'two')).to.equal('two');
      expect(await slow.replace(reference, 'one', 'three')).to.equal('two');
      expect(await slow.read(reference)).to.equal('two');
      expect(await slow.replace(reference, 'two', 'three')).to.equal('three');
      expect(await open().read(reference)).to.equal('three');
      await setSecret({ name: reference.secret, value: 'by hand', store }, stores);
      expect(await slow.readAnew(reference)).to.equal('by hand');
      expect(await slow.replace(reference, 'by hand', 'four')).to.equal('four');
    });
  }

  it('stay encrypted when they are replaced', async () => {
    const { Parameter } = await stores.ssm.send(
      new GetParameterCommand({ Name: '/catchwater/team/refresh' }),
    );
    expect(Parameter).to.include({ Type: 'SecureString' });
  });
});
