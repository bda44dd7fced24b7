import { expect } from 'chai';
import { createSecrets } from '../../../functions/fetch/read-secret.ts';
import type { SecretReference } from '../../../pipeline/source/source.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

type Store = SecretReference['store'];

/** Both stores, as far as secrets go. Secrets Manager names a version after the token of the request that made it. */
function openStores(values: Record<string, string>) {
  const parameters = new Map(Object.entries(values));
  const versions = new Map(Object.entries(values).map(([name, value]) => [name, [{ id: 'v1', value }]]));
  const current = (name: string) => versions.get(name)?.at(-1);
  const world = { parameters, current, beforeWrite: (): void => undefined, clock: 0 };
  const ssm = fakeClient({
    GetParameterCommand: ({ Name, WithDecryption }: { Name: string; WithDecryption: boolean }) => ({
      Parameter: { Value: WithDecryption ? parameters.get(Name) : 'encrypted', Version: 1 },
    }),
    PutParameterCommand: ({ Name, Value }: { Name: string; Value: string }) => {
      world.beforeWrite();
      parameters.set(Name, Value);
      return { Version: 2 };
    },
  });
  const secretsManager = fakeClient({
    GetSecretValueCommand: ({ SecretId }: { SecretId: string }) => ({
      SecretString: current(SecretId)?.value,
      VersionId: current(SecretId)?.id,
    }),
    PutSecretValueCommand: (input: {
      SecretId: string;
      SecretString: string;
      ClientRequestToken: string;
    }) => {
      world.beforeWrite();
      const { SecretId, SecretString: value, ClientRequestToken: id } = input;
      const known = versions.get(SecretId) ?? [];
      const same = known.find((version) => version.id === id);
      if (same && same.value !== value) throw awsError('ResourceExistsException');
      if (!same) known.push({ id, value });
      return {};
    },
  });
  const open = () => createSecrets({ ssm, secretsManager }, () => new Date(world.clock));
  const valueOf = (store: Store): string | undefined =>
    store === 'parameter-store' ? parameters.get('/catchwater/r') : current('catchwater/r')?.value;
  return Object.assign(world, { ssm, secretsManager, open, valueOf });
}

const both = (value: string) => openStores({ '/catchwater/r': value, 'catchwater/r': value });
const reference = (store: Store): SecretReference => ({ secret: 'r', store });

describe('a secret in its store', () => {
  for (const store of ['parameter-store', 'secrets-manager'] as const) {
    describe(store, () => {
      it('is read once in five minutes, and when someone wants it as it is now', async () => {
        const world = both('one\n');
        const secrets = world.open();
        expect(await secrets.read(reference(store))).to.equal('one');
        world.clock += 299_999;
        await secrets.read(reference(store));
        const reads = () => world.ssm.sent.length + world.secretsManager.sent.length;
        expect(reads()).to.equal(1);
        expect(await secrets.readAnew(reference(store))).to.equal('one');
        expect(reads()).to.equal(2);
        world.clock += 299_999;
        await secrets.read(reference(store));
        expect(reads()).to.equal(2);
      });

      it('is replaced, and read as it is by then', async () => {
        const world = both('one');
        const secrets = world.open();
        await secrets.read(reference(store));
        expect(await secrets.replace(reference(store), 'one', 'two')).to.equal('two');
        expect(world.valueOf(store)).to.equal('two');
        expect(await secrets.read(reference(store))).to.equal('two');
        expect(await secrets.replace(reference(store), 'two', 'three')).to.equal('three');
      });

      it('that somebody has replaced stays theirs', async () => {
        const world = both('theirs');
        const secrets = world.open();
        expect(await secrets.replace(reference(store), 'one', 'two')).to.equal('theirs');
        expect(world.valueOf(store)).to.equal('theirs');
        expect(await secrets.read(reference(store))).to.equal('theirs');
        const sent = [...world.ssm.sent, ...world.secretsManager.sent].map(({ command }) => command);
        expect(sent.filter((command) => command.startsWith('Put'))).to.deep.equal([]);
      });

      it('that cannot be replaced is named, without its value', async () => {
        const world = both('one');
        world.beforeWrite = () => {
          throw awsError('AccessDeniedException', 'not allowed to write value-two');
        };
        const error = await rejection(world.open().replace(reference(store), 'one', 'value-two'));
        const place =
          store === 'parameter-store'
            ? 'parameter /catchwater/r of Parameter Store'
            : 'catchwater/r of Secrets Manager';
        expect(error.message).to.equal(`the secret 'r' cannot be replaced (${place}: AccessDeniedException)`);
        expect(world.valueOf(store)).to.equal('one');
      });
    });
  }

  it('is written encrypted, over what is there', async () => {
    const world = both('one');
    await world.open().replace(reference('parameter-store'), 'one', 'two');
    expect(world.ssm.sent.at(-1)).to.deep.equal({
      command: 'PutParameterCommand',
      input: { Name: '/catchwater/r', Value: 'two', Type: 'SecureString', Overwrite: true },
    });
  });

  it('of Secrets Manager has one successor: of two writers at once the second reads what the first wrote', async () => {
    const world = both('one');
    const write = (value: string) => world.open().replace(reference('secrets-manager'), 'one', value);
    expect(await Promise.all([write('two'), write('three')])).to.deep.equal(['two', 'two']);
    expect(world.valueOf('secrets-manager')).to.equal('two');
    const [token] = world.secretsManager.sent.flatMap(({ input }) => input['ClientRequestToken'] ?? []);
    expect(token).to.match(/^[0-9a-f]{64}$/);
  });

  it('of Secrets Manager is written once, though the first answer was lost', async () => {
    const world = both('one');
    const secrets = world.open();
    const replace = () => secrets.replace(reference('secrets-manager'), 'one', 'two');
    await replace();
    expect(await replace()).to.equal('two');
    expect(world.valueOf('secrets-manager')).to.equal('two');
  });
});
