import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { atEveryBeat } from '../../../local/at-every-beat.ts';
import { beatMs } from '../../../local/beat.ts';
import { bytes, count } from '../../../deploy/figures.ts';
import { isolateEnvironment } from '../../../local/isolate-environment.ts';
import { variableOf } from '../../../deploy/secret-variable.ts';
import { countingSql, previewSql } from '../../../local/query-tables.ts';
import { createTalk } from '../../../local/talk.ts';
import type { CompiledResource, CompiledSource } from '../../../pipeline/source/source.ts';
import type { TableSpec } from '../../../pipeline/table/table-spec.ts';

describe('the environment of a local run', () => {
  it('keeps nothing that leads to a real account', () => {
    const environment = {
      PATH: '/bin',
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'secret',
      AWS_ENDPOINT_URL_S3: 'https://elsewhere',
    };
    isolateEnvironment(environment, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'test' });
    expect(environment).to.deep.equal({
      PATH: '/bin',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
  });
});

describe('the beat of a cadence', () => {
  const cases: [string, number | undefined][] = [
    ['rate(1 minute)', 60_000],
    ['rate(15 minutes)', 900_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
    ['cron(5 * * * ? *)', undefined],
  ];
  for (const [cadence, expected] of cases) {
    it(`of ${cadence} is ${expected}`, () => expect(beatMs(cadence)).to.equal(expected));
  }
});

describe('figures', () => {
  it('are written as people read them', () => {
    expect([count(1, 'row'), count(0, 'row'), count(1200, 'row')]).to.deep.equal([
      '1 row',
      '0 rows',
      '1,200 rows',
    ]);
    expect([999, 1000, 7_600, 1_500_000, 2e9].map(bytes)).to.deep.equal([
      '999 bytes',
      '1.0 KB',
      '7.6 KB',
      '1.5 MB',
      '2.0 GB',
    ]);
  });
});

describe('a source at every beat', () => {
  it('has no pauses left, and the source that was given keeps its own', () => {
    const resources = [{ name: 'a', every_ms: 3_600_000 }, { name: 'b' }] as CompiledResource[];
    const source = { v: 1, name: 's', resources } as CompiledSource;
    expect(atEveryBeat(source).resources).to.deep.equal([{ name: 'a' }, { name: 'b' }]);
    expect(source.resources[0]?.every_ms).to.equal(3_600_000);
  });
});

describe('secrets and queries', () => {
  it('name the variable of a secret', () => {
    expect(variableOf('weatherapi-key')).to.equal('WEATHERAPI_KEY');
  });

  it('count every table in one question', () => {
    expect(countingSql(['a', 'b'])).to.match(
      /^SELECT 'a' AS table_name, count.* FROM "a" UNION ALL SELECT 'b' .* FROM "b"$/,
    );
  });

  it('preview the newest partition, without the lineage columns', () => {
    const names = ['city', 'time', '_object'];
    const columns = names.map((name) => ({ name, type: 'varchar' }) as const);
    const spec = {
      name: 'weather',
      columns,
      key: ['city', 'time'],
      partition_by: 'day',
    } as unknown as TableSpec;
    const select = 'SELECT "city", "time" FROM "weather" ORDER BY';
    expect(previewSql(spec)).to.equal(`${select} year DESC, month DESC, day DESC, "city", "time" LIMIT 5`);
    expect(previewSql({ ...spec, partition_by: 'none' })).to.equal(`${select} "city", "time" LIMIT 5`);
  });
});

describe('the talk of a local run', () => {
  it('has one line for each step, further lines set in', () => {
    const { talk, read } = talkTo(false);
    talk.say('fetch', 'one\ntwo');
    expect(read()).to.equal(`10:05:07 fetch      one\n${' '.repeat(20)}two\n`);
  });

  it('shows what it waits for on a terminal only, and no wider than that', () => {
    const file = talkTo(false);
    file.talk.waiting('the schedule');
    expect(file.read()).to.equal('');
    const terminal = talkTo(true);
    terminal.talk.waiting('x'.repeat(100));
    expect(terminal.read()).to.equal(`\r${' '.repeat(9)}${'x'.repeat(30)}`);
    terminal.talk.say('fetch', 'done');
    expect(terminal.read()).to.equal('\r10:05:07 fetch      done\n');
    terminal.talk.end();
    expect(terminal.read()).to.equal('');
    terminal.talk.waiting('x');
    terminal.talk.end();
    expect(terminal.read().endsWith('x\r')).to.equal(true);
  });
});

function talkTo(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 40 });
  const talk = createTalk(stream, () => new Date('2026-11-21T10:05:07Z'));
  return { talk, read: () => stripVTControlCharacters(String(stream.read() ?? '')) };
}
