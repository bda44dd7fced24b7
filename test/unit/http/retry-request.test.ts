import { expect } from 'chai';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import { retryRequest } from '../../../pipeline/http/retry-request.ts';
import { rejection } from '../../support/rejection.ts';

interface World {
  maxAttempts?: number;
  maxWaitMs?: number;
  leftMs?: number;
  draw?: number;
}

/** Tries a request that fails with these errors, one after another, and then succeeds. Time passes by waiting only. */
function run(errors: Error[], { maxAttempts = 4, maxWaitMs, leftMs = 1e9, draw = 1 }: World = {}) {
  const waits: number[] = [];
  const stop = new AbortController();
  let tries = 0;
  let left = leftMs;
  const result = retryRequest(
    async () => {
      const error = errors[tries];
      tries += 1;
      if (error) throw error;
      return 'landed';
    },
    {
      maxAttempts,
      ...(maxWaitMs !== undefined && { maxWaitMs }),
      signal: stop.signal,
      onRetry: ({ waitMs }) => waits.push(waitMs),
    },
    {
      timeLeftMs: () => left,
      random: () => draw,
      sleep: async (ms) => {
        left -= ms;
      },
    },
  );
  return { result, waits, stop, tries: () => tries };
}

const failed = (
  more: { status?: number; retryAfterMs?: number; retryable?: boolean; rateLimited?: boolean } = {},
): HttpError => new HttpError('it failed', { retryable: true, ...more });

describe('retryRequest', () => {
  it('tries again until it goes well', async () => {
    const { result, tries } = run([failed({ status: 503 }), failed()]);
    expect(await result).to.equal('landed');
    expect(tries()).to.equal(3);
  });

  it('stops after as many tries as the source allows', async () => {
    const { result, tries } = run(
      Array.from({ length: 9 }, () => failed()),
      { maxAttempts: 3 },
    );
    expect((await rejection(result)).message).to.equal('it failed');
    expect(tries()).to.equal(3);
  });

  for (const [what, error] of [
    ['that another try would not mend', failed({ retryable: false, status: 400 })],
    ['that is not the API’s', new Error('it failed')],
  ] as const) {
    it(`does not repeat a request after an error ${what}`, async () => {
      const { result, tries } = run([error]);
      expect(await rejection(result)).to.equal(error);
      expect(tries()).to.equal(1);
    });
  }

  const waits: [what: string, error: HttpError, draw: number, expected: number[]][] = [
    ['grow, with full jitter', failed({ status: 500 }), 1, [1250, 2250, 4250]],
    ['are short with luck, but not nothing', failed({ status: 500 }), 0, [250, 250, 250]],
    ['are longer for a rate limit', failed({ status: 429 }), 1, [5250, 10_250, 20_250]],
    [
      'are longer for a rate limit under any status',
      failed({ status: 403, rateLimited: true }),
      1,
      [5250, 10_250, 20_250],
    ],
    ['are not shorter than the API asks', failed({ status: 429, retryAfterMs: 7000 }), 0, [7000, 7000, 7000]],
    [
      'are spread beyond what the API asks',
      failed({ status: 503, retryAfterMs: 7000 }),
      0.5,
      [7500, 8000, 9000],
    ],
    [
      'do not vanish when the API asks for none',
      failed({ status: 429, retryAfterMs: 0 }),
      0.5,
      [2750, 5250, 10_250],
    ],
  ];
  for (const [what, error, draw, expected] of waits) {
    it(`makes pauses that ${what}`, async () => {
      const { result, waits: waited } = run([error, error, error], { draw });
      expect(await result).to.equal('landed');
      expect(waited).to.deep.equal(expected);
    });
  }

  it('makes no pause longer than a minute on its own', async () => {
    const errors = Array.from({ length: 9 }, () => failed({ status: 429 }));
    const { result, waits: waited } = run(errors, { maxAttempts: 10 });
    await result;
    expect(Math.max(...waited)).to.equal(60_250);
  });

  it('honours a long Retry-After when there is time for it', async () => {
    const { result, waits: waited } = run([failed({ status: 429, retryAfterMs: 840_000 })], {
      leftMs: 850_000,
      draw: 0,
    });
    expect(await result).to.equal('landed');
    expect(waited).to.deep.equal([840_000]);
  });

  it('fails at once, and says why, when Retry-After does not fit into the time left', async () => {
    const {
      result,
      waits: waited,
      tries,
    } = run([failed({ status: 429, retryAfterMs: 3_600_000 })], {
      leftMs: 41_500,
      draw: 0,
    });
    const error = await rejection(result);
    expect(error.message).to.equal(
      'it failed; the API asks to wait 3600 s, this fetch has 41 s left; a later one will ask again',
    );
    expect(error).to.include({ status: 429, retryable: false, pause: true, retryAfterMs: 3_600_000 });
    expect({ waited, tries: tries() }).to.deep.equal({ waited: [], tries: 1 });
  });

  it('keeps one second for the try after a pause', async () => {
    const enough = run([failed()], { leftMs: 2250 });
    expect(await enough.result).to.equal('landed');
    const short = run([failed()], { leftMs: 2249 });
    const error = await rejection(short.result);
    expect(error.message).to.contain('no time for another try in the 2 s');
    expect(error).to.include({ pause: true });
  });

  it('stops where the API asks for a longer wait than the source allows', async () => {
    const world = run([failed({ status: 429, retryAfterMs: 600_001, rateLimited: true })], {
      maxWaitMs: 600_000,
    });
    const error = await rejection(world.result);
    expect(error.message).to.equal(
      'it failed; the API asks to wait 600 s, client.max_waiting_time is 600 s; a later fetch goes on here',
    );
    expect(error).to.include({
      status: 429,
      pause: true,
      retryAfterMs: 600_001,
      rateLimited: true,
      retryable: false,
    });
    expect({ waits: world.waits, tries: world.tries() }).to.deep.equal({ waits: [], tries: 1 });
  });

  it('waits as long as the source allows', async () => {
    const world = run([failed({ status: 429, retryAfterMs: 600_000 })], { maxWaitMs: 600_000, draw: 0 });
    expect(await world.result).to.equal('landed');
    expect(world.waits).to.deep.equal([600_000]);
  });

  it('keeps what an error says when it is told in other words', async () => {
    const error = new HttpError('it failed', {
      status: 403,
      retryable: true,
      retryAfterMs: 5,
      rateLimited: true,
      refreshToken: true,
      cause: 'x',
    });
    expect(error.restate('told anew')).to.include({
      message: 'told anew',
      name: 'HttpError',
      status: 403,
      retryable: true,
      retryAfterMs: 5,
      rateLimited: true,
      refreshToken: true,
      cause: 'x',
    });
    expect(error.restate('told anew', { pause: true })).to.include({
      message: 'told anew',
      pause: true,
      status: 403,
    });
  });

  it('ends with the reason when the window has failed elsewhere', async () => {
    const reason = new Error('another slice failed');
    const { result, stop, tries } = run([failed(), failed()]);
    stop.abort(reason);
    expect(await rejection(result)).to.equal(reason);
    expect(tries()).to.be.lessThan(2);
  });
});
