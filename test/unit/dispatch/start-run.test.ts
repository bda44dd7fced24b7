import { expect } from 'chai';
import { dispatchScene, minute, weather, type DispatchScene } from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { rejection } from '../../support/rejection.ts';

const loseAnswer: Gate = async (call, effect) => {
  const answer = await effect();
  if (call === 'StartJobRunCommand') throw new Error('timeout');
  return answer;
};

describe('a start that does not go through', () => {
  let aws: DispatchScene;
  beforeEach(() => {
    aws = dispatchScene();
    aws.land();
  });

  const refuse = (name: string): Promise<void> =>
    aws.wake(weather, {}, async (call, effect) => {
      if (call === 'StartJobRunCommand') throw Object.assign(new Error(name), { name });
      return effect();
    });

  for (const name of ['ConcurrentRunsExceededException', 'ResourceNumberLimitExceededException']) {
    it(`takes ${name} as not now`, async () => {
      await refuse(name);
      expect(aws.logs.at(-1)).to.deep.include({ event: 'load waiting', reason: name });
      await aws.wake();
      expect(aws.runs, 'the claim still holds').to.have.length(0);
      aws.clock += minute;
      await aws.wake();
      expect(aws.loadStates()).to.deep.equal(['started']);
    });
  }

  it('throws anything else, and goes on from there', async () => {
    expect(await rejection(refuse('AccessDeniedException'))).to.have.property(
      'name',
      'AccessDeniedException',
    );
    aws.clock += minute;
    await aws.wake();
    expect(aws.loadStates()).to.deep.equal(['started']);
  });

  it('finds a run whose answer was lost among many others', async () => {
    expect((await rejection(aws.wake(weather, {}, loseAnswer))).message).to.equal('timeout');
    const ours = aws.run();
    for (let number = 0; number < 5; number += 1) {
      aws.runs.unshift({ Id: `jr_other${number}`, JobRunState: 'FAILED', StartedOn: new Date(aws.clock) });
    }
    await aws.wake();
    expect(aws.loads()[0]).to.include({ state: 'started', job_run_id: ours.Id });
  });

  it('does not look for the run among those of days ago', async () => {
    for (let number = 0; number < 50; number += 1) {
      aws.runs.push({ Id: `jr_old${number}`, JobRunState: 'FAILED', StartedOn: new Date(0) });
    }
    await refuse('ConcurrentRunsExceededException');
    const calls: string[] = [];
    await aws.wake(weather, {}, (call, effect) => {
      calls.push(call);
      return effect();
    });
    expect(calls.filter((call) => call === 'GetJobRunsCommand')).to.have.length(1);
  });
});
