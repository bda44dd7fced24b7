import { expect } from 'chai';
import type { Auth } from '../../../../pipeline/source/source.ts';
import { rejection } from '../../../support/rejection.ts';
import { authWorld, dataRequest, secret, tokenPlaces, type Answer, type AuthWorld } from './auth-world.ts';

const { client_secret: _, ...token } = tokenPlaces;
const auth: Auth = { type: 'oauth2_refresh_token', token, refresh_token: secret('refresh') };
const post = 'POST https://login.example/oauth/token';

/** Takes each refresh token once, and replaces it: `r1` by `r2`, with the token `t2`. */
function strictly(good = 'r1'): (request: { body?: string }) => Answer {
  let next = good;
  return ({ body = '' }) => {
    const given = new URLSearchParams(body).get('refresh_token') ?? '';
    if (given !== next) return { status: 400, body: { error: 'invalid_grant' } };
    const number = Number(given.slice(1)) + 1;
    next = `r${number}`;
    return { body: { access_token: `t${number}`, refresh_token: next, expires_in: 600 } };
  };
}

function start(endpoint: AuthWorld['endpoint'] = strictly()): AuthWorld {
  const world = authWorld(endpoint);
  world.stored.set('refresh', 'r1');
  return world;
}

async function tokenOf(world: AuthWorld, authenticator = world.authenticator(auth)): Promise<string> {
  const { headers } = await authenticator.apply(dataRequest());
  world.steps.push(`use ${headers['authorization']}`);
  return headers['authorization'] ?? '';
}

describe('a refresh token', () => {
  it('is read right before it is used, and its successor stored before anything else', async () => {
    const world = start();
    await tokenOf(world);
    world.clock += 600_000;
    await tokenOf(world);
    const life = ['read refresh', post, 'replace refresh'];
    expect(world.steps).to.deep.equal([...life, 'use Bearer t2', ...life, 'use Bearer t3']);
    expect(world.stored.get('refresh')).to.equal('r3');
    for (const value of ['r1', 'r2', 'r3', 't2', 't3']) expect(world.mask.mask(value)).to.equal('***');
  });

  for (const [what, more] of [
    ['names none', {}],
    ['names the same', { refresh_token: 'r1' }],
    ['names an empty one', { refresh_token: '' }],
  ] as const) {
    it(`stays as it is where the answer ${what}`, async () => {
      const world = start(() => ({ body: { access_token: 'T', ...more } }));
      await tokenOf(world);
      expect(world.steps).to.deep.equal(['read refresh', post, 'use Bearer T']);
    });
  }

  it('that another invocation has used is read again until its successor is there', async () => {
    const world = start(strictly('r2'));
    const waits: number[] = [];
    world.onSleep = (ms) => {
      waits.push(ms);
      // The other one stores it late.
      if (waits.length === 2) world.stored.set('refresh', 'r2');
    };
    expect(await tokenOf(world)).to.equal('Bearer t3');
    expect(waits).to.deep.equal([500, 1_500]);
    expect(world.stored.get('refresh')).to.equal('r3');
    expect(world.asked).to.have.length(2);
  });

  it('lets two invocations race: both get a token, and what is stored is good', async () => {
    const world = start();
    const tokens = await Promise.all(
      [1, 2].map(() => tokenOf(world, world.authenticator(auth, { fresh: true }))),
    );
    expect(tokens.toSorted((one, other) => one.localeCompare(other))).to.deep.equal([
      'Bearer t2',
      'Bearer t3',
    ]);
    expect(world.stored.get('refresh')).to.equal('r3');
    const later = world.authenticator(auth, { fresh: true });
    expect(await tokenOf(world, later)).to.equal('Bearer t4');
  });

  it('of the faster invocation stays where the API lets both use the old one', async () => {
    let count = 0;
    const world = start(() => {
      count += 1;
      return { body: { access_token: `t${count}`, refresh_token: `new-${count}` } };
    });
    world.beforeReplace = () => void world.stored.set('refresh', 'theirs');
    expect(await tokenOf(world)).to.equal('Bearer t1');
    expect(world.stored.get('refresh')).to.equal('theirs');
  });

  it('that is dead fails for good, after a short wait', async () => {
    const world = start(strictly('r9'));
    let waited = 0;
    world.onSleep = (ms) => void (waited += ms);
    const error = await rejection(tokenOf(world));
    expect(error).to.include({ retryable: false });
    expect(error.message).to.equal(
      "no token from POST https://login.example/oauth/token: 400: invalid_grant; if the refresh token 'refresh' is at " +
        'fault: authorize anew and set it with `catchwater secret set refresh`',
    );
    expect([waited, world.asked.length]).to.deep.equal([2_000, 1]);
  });

  it('is not tried for ever, though another one is stored each time', async () => {
    const world = start(() => ({ status: 400, body: { error: 'invalid_grant' } }));
    world.endpoint = () => {
      world.stored.set('refresh', `r${world.asked.length + 1}`);
      return { status: 400 };
    };
    await rejection(tokenOf(world));
    expect(world.asked).to.have.length(3);
  });

  it('that cannot be stored is kept, and stored before the next thing', async () => {
    const world = start();
    const authenticator = world.authenticator(auth);
    world.beforeReplace = () => {
      throw new Error('AccessDenied');
    };
    const error = await rejection(tokenOf(world, authenticator));
    expect(error).to.include({ name: 'HttpError', retryable: true });
    expect(error.message).to.equal(
      "the API has replaced the refresh token 'refresh', and the new one could not be stored: AccessDenied",
    );
    await rejection(tokenOf(world));
    expect(world.asked).to.have.length(1);
    world.beforeReplace = () => undefined;
    expect(await tokenOf(world)).to.equal('Bearer t2');
    expect(world.steps).to.deep.equal(['read refresh', post, 'replace refresh', 'use Bearer t2']);
    expect(world.stored.get('refresh')).to.equal('r2');
  });

  it('that was kept too long for its token is stored, and used', async () => {
    const world = start();
    world.beforeReplace = () => {
      throw new Error('AccessDenied');
    };
    await rejection(tokenOf(world));
    world.beforeReplace = () => undefined;
    world.clock += 600_000;
    expect(await tokenOf(world)).to.equal('Bearer t3');
  });

  it('is used once for all requests that ask or are refused at once', async () => {
    const world = start();
    const authenticator = world.authenticator(auth);
    const sent = await Promise.all([1, 2, 3].map(() => authenticator.apply(dataRequest())));
    expect(await Promise.all(sent.map(authenticator.renew))).to.deep.equal([true, true, true]);
    expect(world.asked).to.have.length(2);
    expect(world.stored.get('refresh')).to.equal('r3');
  });
});
