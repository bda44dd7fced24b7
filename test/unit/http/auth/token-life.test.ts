import { expect } from 'chai';
import type { Auth } from '../../../../pipeline/source/source.ts';
import { rejection } from '../../../support/rejection.ts';
import { authWorld, countingTokens, dataRequest, secret, tokenPlaces, type AuthWorld } from './auth-world.ts';

const auth: Auth = { type: 'oauth2_client_credentials', token: tokenPlaces };

function start(endpoint = countingTokens()): AuthWorld {
  const world = authWorld(endpoint);
  world.stored.set('client-secret', 'c1');
  return world;
}

const refuse = () => ({ status: 401, body: { error: 'invalid_client' } });

async function tokenOf(world: AuthWorld, authenticator = world.authenticator(auth)): Promise<string> {
  const { headers } = await authenticator.apply(dataRequest());
  return headers['authorization']?.replace('Bearer ', '') ?? '';
}

describe('the life of a token', () => {
  const lifetimes: [what: string, more: object, lifetime_ms: number, goodForMs: number][] = [
    ['an hour, less a minute', { expires_in: 3600 }, 1, 3_540_000],
    ['five minutes, less a tenth', { expires_in: 300 }, 1, 270_000],
    ['what the source says where the answer says nothing', {}, 600_000, 540_000],
  ];
  for (const [what, more, lifetime_ms, goodForMs] of lifetimes) {
    it(`lasts for ${what}`, async () => {
      const world = start(countingTokens(more));
      const token = { ...tokenPlaces, lifetime_ms };
      const ask = () => tokenOf(world, world.authenticator({ type: 'oauth2_client_credentials', token }));
      expect(await ask()).to.equal('token-1');
      world.clock += goodForMs - 1;
      expect(await ask()).to.equal('token-1');
      world.clock += 1;
      expect(await ask()).to.equal('token-2');
      expect(world.asked).to.have.length(2);
    });
  }

  it('is counted from before the request', async () => {
    const world = start();
    const answer = countingTokens({ expires_in: 300 });
    world.endpoint = (request) => {
      world.clock += 20_000;
      return answer(request);
    };
    await tokenOf(world);
    world.clock += 250_000;
    expect(await tokenOf(world)).to.equal('token-2');
  });

  it('is one for all who ask at once, in every invocation of a warm function', async () => {
    const world = start();
    const one = world.authenticator(auth);
    const tokens = await Promise.all(
      [one, one, world.authenticator(auth)].map((from) => tokenOf(world, from)),
    );
    expect(tokens).to.deep.equal(['token-1', 'token-1', 'token-1']);
    expect(await tokenOf(world)).to.equal('token-1');
    expect(world.asked).to.have.length(1);
    expect(await tokenOf(world, world.authenticator(auth, { fresh: true }))).to.equal('token-2');
  });

  it('belongs to its client and secrets', async () => {
    const world = start();
    world.stored.set('other', 'c2');
    await tokenOf(world);
    for (const token of [
      { ...tokenPlaces, scopes: ['more'] },
      { ...tokenPlaces, client_secret: secret('other') },
    ]) {
      await tokenOf(world, world.authenticator({ type: 'oauth2_client_credentials', token }));
    }
    const other = { base_url: 'https://api.example/v2/' };
    await tokenOf(world, world.authenticator(auth, { client: other }));
    expect(world.asked).to.have.length(4);
  });

  it('ends with a refusal, once for all requests that were refused', async () => {
    const world = start();
    const authenticator = world.authenticator(auth);
    const requests = [dataRequest('a'), dataRequest('b'), dataRequest('c')];
    const sent = await Promise.all(requests.map(authenticator.apply));
    expect(await Promise.all(sent.map(authenticator.renew))).to.deep.equal([true, true, true]);
    expect(world.asked).to.have.length(2);
    // One that comes late, known by the request that was applied to.
    expect(await authenticator.renew(requests[0] ?? dataRequest())).to.equal(true);
    expect(await tokenOf(world, authenticator)).to.equal('token-2');
    expect(world.asked).to.have.length(2);
  });

  it('is no other where the endpoint gives the same again', async () => {
    const world = start(() => ({ body: { access_token: 'same' } }));
    const authenticator = world.authenticator(auth);
    expect(await authenticator.renew(await authenticator.apply(dataRequest()))).to.equal(false);
  });

  it('is renewed three times a minute at most: an API may refuse all of them', async () => {
    const world = start();
    const authenticator = world.authenticator(auth);
    const renew = async () => authenticator.renew(await authenticator.apply(dataRequest()));
    const answers = [await renew(), await renew(), await renew(), await renew(), await renew()];
    expect(answers).to.deep.equal([true, true, true, false, false]);
    expect(world.asked).to.have.length(4);
    world.clock += 60_000;
    expect(await renew()).to.equal(true);
  });
});

describe('a token that is refused', () => {
  it('is asked for again with the secret that is stored now', async () => {
    const world = start(({ body = '' }) =>
      body.includes('client_secret=c2') ? { body: { access_token: 'T' } } : refuse(),
    );
    const authenticator = world.authenticator(auth);
    await rejection(tokenOf(world, authenticator));
    expect(world.asked).to.have.length(1);
    world.stored.set('client-secret', 'c2');
    expect(await tokenOf(world)).to.equal('T');
    expect(world.asked.map(({ body }) => /client_secret=(\w+)/.exec(body ?? '')?.[1])).to.deep.equal([
      'c1',
      'c1',
      'c2',
    ]);
  });

  it('is not asked for again for a minute, as that may lock an account; another invocation does', async () => {
    const world = start(refuse);
    const authenticator = world.authenticator(auth);
    const errors = [
      await rejection(tokenOf(world, authenticator)),
      await rejection(tokenOf(world, authenticator)),
    ];
    expect(errors[0]).to.equal(errors[1]);
    expect(world.asked).to.have.length(1);
    world.clock += 60_000;
    await rejection(tokenOf(world, authenticator));
    await rejection(tokenOf(world));
    expect(world.asked).to.have.length(3);
  });

  it('for the moment only is asked for again at once', async () => {
    const world = start();
    const answer = world.endpoint;
    world.endpoint = () => ({ status: 503 });
    const authenticator = world.authenticator(auth);
    await Promise.all([1, 2].map(() => rejection(tokenOf(world, authenticator))));
    expect(world.asked).to.have.length(1);
    world.endpoint = answer;
    expect(await tokenOf(world, authenticator)).to.equal('token-1');
  });

  it('fails the renewal with the reason of the endpoint', async () => {
    const world = start();
    const authenticator = world.authenticator(auth);
    const sent = await authenticator.apply(dataRequest());
    world.endpoint = refuse;
    const error = await rejection(authenticator.renew(sent));
    expect(error.message).to.equal(
      'no token from POST https://login.example/oauth/token: 401: invalid_client',
    );
  });
});
