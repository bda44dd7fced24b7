import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheck } from '../../../deploy/commands/check.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { rejection } from '../../support/rejection.ts';
import { changed, november, weather } from './load-weather.ts';

describe('catchwater check', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catchwater-check-'));
    await writeFile(join(folder, 'cities.csv'), 'name,lat\nBerlin,52.52\nOslo,59.91\n');
  });
  after(() => rm(folder, { recursive: true }));

  async function check(text: string, json: boolean): Promise<{ code: number; out: string; err: string }> {
    const sourcePath = join(folder, 'weather.yaml');
    await writeFile(sourcePath, text);
    const output = { out: '', err: '' };
    const code = await runCheck({
      sourcePath,
      json,
      stdout: { write: (more) => (output.out += more) },
      stderr: { write: (more) => (output.err += more) },
      now: november,
    });
    const short = (given: string): string => given.replaceAll(folder, '.');
    return { code, out: short(output.out), err: short(output.err) };
  }

  it('says what the source will make', async () => {
    expect(await check(weather, false)).to.deep.equal({
      code: 0,
      out:
        './weather.yaml: weather is well-formed, 1 table\n' +
        '  readings: 2 requests at every beat\n' +
        '    9 columns, key city, time, by hour, 44,640 partitions at most\n',
      err: '',
    });
  });

  it('counts a table that two resources feed once, and says which resource goes there', async () => {
    const list = changed(
      '    event_time: time\n',
      '    event_time: time\n    every: once\n    order_by: time\n',
    );
    const feed = list
      .slice(list.indexOf('  - name: readings'))
      .replace('  - name: readings', '  - name: revisions\n    table_name: readings')
      .replace('    every: once\n', '');
    const { code, out, err } = await check(`${list}${feed}`, false);
    expect([code, err]).to.deep.equal([0, '']);
    expect(out).to.include('weather is well-formed, 1 table\n  readings: 2 requests once\n');
    expect(out).to.include('  revisions: 2 requests at every beat, into the table readings\n');
  });

  it('names secrets and credit, and puts warnings on stderr', async () => {
    const auth = 'attribution: Somebody\nclient:\n  auth: { type: bearer, token: { secret: my-token } }\n';
    const text = changed('https', 'http', changed('client:\n', auth));
    const { code, out, err } = await check(
      changed('    columns:', '    every: PT1H\n    columns:', text),
      false,
    );
    expect(code).to.equal(0);
    expect(out).to.include('2 requests at most every hour\n');
    expect(out).to.include("  needs the secret 'my-token': catchwater secret set my-token\n  Somebody\n");
    expect(err).to.match(/^\.\/weather\.yaml:6:13: warning: the secret and the data travel in the clear/);
  });

  it('shows problems on stderr and answers 2', async () => {
    const { code, out, err } = await check(
      changed('limit: 5', 'limit: [5]', changed('double', 'dubble')),
      false,
    );
    expect(code).to.equal(2);
    expect(out).to.equal('');
    expect(err).to.match(
      /^\.\/weather\.yaml:10:43: one value is expected.*\n +9 \| .*\n10 \| .*\n +\| +\^\^\^\n11 \| /,
    );
    expect(err).to.match(/\n2 problems in \.\/weather\.yaml\n$/);
  });

  it('prints one JSON document, good or bad', async () => {
    const good = await check(weather, true);
    expect(good.err).to.equal('');
    expect(JSON.parse(good.out)).to.deep.equal({
      schemaVersion: 1,
      file: './weather.yaml',
      ok: true,
      source: 'weather',
      secrets: [],
      resources: [
        {
          name: 'readings',
          requests: 2,
          columns: 9,
          key: ['city', 'time'],
          partitionBy: 'hour',
          partitions: 44_640,
        },
      ],
      problems: [],
    });
    const bad = await check(changed('double', 'dubble'), true);
    expect(bad).to.include({ code: 2, err: '' });
    expect(JSON.parse(bad.out)).to.have.nested.include({
      ok: false,
      'problems[0].line': 15,
      'problems[0].severity': 'error',
    });
  });

  it('throws a ConfigError for a file that is not there', async () => {
    const output = { write: () => true };
    for (const sourcePath of [join(folder, 'nothing.yaml'), folder]) {
      const error = await rejection(runCheck({ sourcePath, json: false, stdout: output, stderr: output }));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.include(`there is no source file '${sourcePath}'`);
    }
  });
});
