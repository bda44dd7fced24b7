import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { startHostileApi, type HostileApi } from '../conformance/api-server.ts';
import { runCli, runCliJson } from '../support/run-cli.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';
import { archived, createTracker, dayOf, trackerSource, makeIssue } from '../support/tracker.ts';

const issueTables = ['issues', 'comments'];
/** As it is stored. */
const cursorOf = (day: number) => new Date(dayOf(day)).toISOString();
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const tables = [...issueTables, 'forecast', 'events', 'feed', 'archive', 'rates', 'readings'];

/** What the conformance table shows in memory, through the command line, the functions, the ledger and the engine. */
describe('the source language in a stack', function () {
  this.timeout(300_000);
  let api: HostileApi;
  const tracker = createTracker();
  let stack: ScriptedStack;
  /** Of the feed. */
  let lastPage = 0;

  before(async () => {
    api = await startHostileApi();
    stack = await deployScripted(trackerSource, { apiUrl: api.url });
    const { environment } = stack;
    const set = await runCli(['secret', 'set', 'tracker-salt'], { environment, stdin: 'salt' });
    expect(set.code, set.stderr).to.equal(0);
  });
  after(async () => {
    await stack?.destroy();
    await api.stop();
  });
  beforeEach(() => {
    tracker.instead = () => undefined;
    api.play(tracker.answer);
  });

  const asked = () => api.questions.map(({ target }) => decodeURIComponent(target));
  const cursorsOf = async (resource: string) => Object.values((await stack.stateOf(resource)).cursors);

  it('asks a parent once for itself and its children, and commits the greatest value as the cursor', async () => {
    tracker.issues = [1, 2, 3, 4, 5].map((id) => makeIssue(id));
    expect(await stack.tick(issueTables)).to.deep.equal({});
    const pages = asked().filter((target) => target.startsWith('/issues?'));
    expect(pages).to.deep.equal([
      `/issues?since=${dayOf(1)}`,
      ...[2, 3].map((page) => `/issues?since=${dayOf(1)}&page=${page}`),
    ]);
    expect(asked()).to.have.length(3 + 5);
    expect(await cursorsOf('issues')).to.deep.equal([cursorOf(100)]);
    expect(await cursorsOf('comments')).to.deep.equal([cursorOf(100)]);
  });

  it('commits nothing of pages of which the second fails; the cursor stays', async () => {
    const before = await stack.stateOf('issues');
    tracker.issues = [
      makeIssue(1, { updated_at: dayOf(101), state: 'closed' }),
      makeIssue(2, { updated_at: dayOf(102), state: 'deleted' }),
      ...[3, 4, 5, 6].map((id) => makeIssue(id)),
      makeIssue(7, { pull_request: {}, labels: [] }),
    ];
    tracker.instead = ({ query }) =>
      query.get('page') === '2' ? { status: 500, text: 'no second page' } : undefined;
    expect((await stack.tick(issueTables)).error).to.match(/500.*no second page/);
    const failed = await stack.lastFetch('issues');
    expect(failed).to.include({ state: 'paused' }).and.not.have.property('objects');
    expect(failed?.error).to.include('no second page');
    expect(await stack.stateOf('issues')).to.deep.equal(before);
    expect(await cursorsOf('comments')).to.deep.equal([cursorOf(100)]);
  });

  it('catches up at the next tick, from the page that failed, and then from the cursor', async () => {
    expect(await stack.tick(issueTables)).to.deep.equal({});
    const pages = asked().filter((target) => target.startsWith('/issues?'));
    expect(pages).to.include.members([`/issues?since=${dayOf(100)}&page=2`, `/issues?since=${dayOf(140)}`]);
    expect(asked().filter((target) => target.endsWith('/comments'))).to.have.members(
      [5, 1, 2, 6, 7].map((id) => `/issues/${id}/comments`),
    );
    expect(await cursorsOf('issues')).to.deep.equal([cursorOf(140)]);
  });

  it('asks for several elements at once, and leaves out what is refused until it is not', async () => {
    tracker.instead = ({ query }) =>
      query.get('lat') === '-12' ? { status: 400, text: 'no such place' } : undefined;
    expect(await stack.tick(['forecast'])).to.deep.equal({});
    expect(asked().toSorted()).to.deep.equal(['/forecast?lat=-12', '/forecast?lat=60,42']);
    const reported = await stack.lastFetch('forecast');
    expect(reported).to.include({ state: 'committed', skipped_count: 1 });
    expect(reported?.skipped?.[0]?.slice).to.include('Lima');
    expect(reported?.skipped?.[0]?.error).to.match(/400.*no such place/);
    tracker.instead = () => undefined;
    expect(await stack.tick(['forecast'])).to.deep.equal({});
    expect(await stack.lastFetch('forecast')).to.not.have.property('skipped');
  });

  it('pauses where the API wants a long wait, keeps its place, and goes on there: one commit', async () => {
    tracker.events = [1, 2, 3, 4, 5];
    tracker.instead = ({ query }) =>
      query.get('page') === '2' ? { status: 429, text: 'later', headers: { 'retry-after': '4' } } : undefined;
    expect(await stack.tick(['events'])).to.deep.equal({});
    expect(asked()).to.deep.equal(['/events?after=0&page=1', '/events?after=0&page=2']);
    const paused = await stack.lastFetch('events');
    expect(paused).to.include({ state: 'paused', attempt: 1 }).and.not.have.property('objects');
    expect(await cursorsOf('events')).to.deep.equal([]);

    tracker.instead = () => undefined;
    expect(await stack.tick(['events'])).to.deep.equal({});
    expect(asked(), 'nothing before the wait is over').to.have.length(2);
    await wait(4_500);
    expect(await stack.tick(['events'])).to.deep.equal({});
    expect(asked().slice(2)).to.deep.equal([
      '/events?after=0&page=2',
      '/events?after=0&page=3',
      '/events?after=0&page=4',
      '/events?after=5&page=1',
      '/events?after=5&page=2',
    ]);
    const [resumed, next, ...more] = await stack.fetches('events');
    expect(more).to.deep.equal([]);
    expect(resumed).to.include({ state: 'committed', attempt: 2, scheduled_at: paused?.scheduled_at });
    expect(next).to.include({ state: 'committed', attempt: 1 });
    expect(await cursorsOf('events')).to.deep.equal([5]);
  });

  it('stops before Lambda ends it, and goes on in the next invocation', async () => {
    const FunctionName = stack.outputs['FetchFunction'];
    // Ten seconds are kept free for the commit.
    const within = (Timeout: number) =>
      stack.clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
    await within(12);
    expect(await stack.tick(['feed'])).to.deep.equal({});
    await within(900);
    const paused = await stack.lastFetch('feed');
    expect(paused).to.include({ state: 'paused', requests: asked().length });
    lastPage = asked().length + 1;
    tracker.instead = ({ query }) => (Number(query.get('page')) > lastPage ? { json: [] } : undefined);
    expect(await stack.tick(['feed'])).to.deep.equal({});
    const pages = asked().map((target) => Number(target.split('=')[1]));
    expect(pages.slice(0, lastPage + 1)).to.deep.equal(numbers(lastPage + 1));
    const [whole] = await stack.fetches('feed');
    expect(whole).to.include({ state: 'committed', attempt: 2, requests: lastPage + 1 });
  });

  it('lands what is larger than its buffers in parts', async () => {
    expect(await stack.tick(['archive'])).to.deep.equal({});
    const { objects = [] } = (await stack.lastFetch('archive')) ?? {};
    expect(Math.max(...objects.map(({ bytes }) => bytes))).to.be.greaterThan(8 * 2 ** 20);
  });

  it('commits an answer that has not changed as such, without an object', async () => {
    expect(await stack.tick(['rates'])).to.deep.equal({});
    expect(await stack.tick(['rates'])).to.deep.equal({});
    const [first, second] = await stack.fetches('rates');
    expect(first?.objects).to.have.length(1);
    expect(second).to.deep.include({ state: 'committed', unchanged: 1, objects: [] });
  });

  it('records what the API has forgotten until somebody acknowledges it', async () => {
    interface Gaps {
      gaps: { gap: string; resource: string; from: string; to: string }[];
    }
    const gaps = () => runCliJson<Gaps>(['gaps', '--stack', stack.name], stack.environment);
    tracker.readings = [{ id: 1, at: new Date(Date.now() - 3_600_000).toISOString() }];
    tracker.instead = ({ path }) =>
      path === '/readings' ? { json: [{ id: 0, at: dayOf(200) }] } : undefined;
    expect(await stack.tick(['readings'])).to.deep.equal({});
    expect(await gaps())
      .to.have.property('gaps')
      .that.deep.equals([]);

    tracker.instead = () => undefined;
    expect(await stack.tick(['readings'])).to.deep.equal({});
    const [gap, ...others] = (await gaps()).gaps;
    expect(others).to.deep.equal([]);
    expect(gap).to.include({ resource: 'readings', from: dayOf(200) });
    expect(Date.parse(gap?.to ?? '')).to.be.closeTo(Date.now() - 86_400_000, 60_000);
    const { code, stderr } = await runCli(['ack', gap?.gap ?? '', '--stack', stack.name], {
      environment: stack.environment,
    });
    expect(code, stderr).to.equal(0);
    expect(await gaps())
      .to.have.property('gaps')
      .that.deep.equals([]);
  });

  it('makes rows of all that was served, none of it twice', async () => {
    const loads = await stack.loadAll(tables);
    for (const { receipt } of loads) expect(receipt).to.include({ balanced: true, quarantined: 0 });
    const open = (await Promise.all(tables.map((table) => stack.fetches(table)))).flat();
    expect(open.filter(({ work }) => work !== undefined)).to.deep.equal([]);
    const expected: [sql: string, rows: unknown[][]][] = [
      [
        'SELECT id, state, month FROM issues ORDER BY id',
        [
          [1, 'closed', 1],
          [3, 'open', 3],
          [4, 'open', 3],
          [5, 'open', 4],
          [6, 'open', 4],
        ],
      ],
      [
        'SELECT DISTINCT author FROM issues WHERE id IN (1, 3, 5)',
        [[createHmac('sha256', 'salt').update('1@example.com').digest('hex')]],
      ],
      [
        'SELECT issue_id, name FROM labels ORDER BY 1, 2',
        numbers(6).flatMap((id) => ['new', `of ${id}`].map((name) => [id, name])),
      ],
      [
        'SELECT id, issue FROM comments ORDER BY id',
        numbers(7).flatMap((id) => [id * 10, id * 10 + 1].map((comment) => [comment, id])),
      ],
      [
        'SELECT city, min(temperature), count(*) FROM forecast GROUP BY 1 ORDER BY 1',
        [
          ['Lima', -12, 2],
          ['Oslo', 60, 2],
          ['Rome', 42, 2],
        ],
      ],
      ['SELECT id FROM events ORDER BY id', numbers(5).map((id) => [id])],
      ['SELECT count(*), count(DISTINCT id), max(id) FROM feed', [[lastPage, lastPage, lastPage]]],
      [
        'SELECT count(DISTINCT id), min(length(content)), max(length(content)) FROM archive',
        [[archived, 4_000, 4_000]],
      ],
      ['SELECT id FROM rates', [[1]]],
      ['SELECT id FROM readings ORDER BY id', [[0], [1]]],
    ];
    for (const [sql, rows] of expected) {
      expect((await stack.query(sql)).map(Object.values), sql).to.deep.equal(rows);
    }
    const raw = (await stack.rawTexts()).join('');
    expect(raw).to.include('/issues?').and.not.include('@example.com');
  });
});
