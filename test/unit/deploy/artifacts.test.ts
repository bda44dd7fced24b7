import { expect } from 'chai';
import { assert, dictionary, property, stringMatching, uint8Array } from 'fast-check';
import { strFromU8, strToU8, unzipSync } from 'fflate';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleFunction } from '../../../deploy/bundle-functions.ts';
import { wheelFiles } from '../../../deploy/fetch-wheels.ts';
import { hashedKey, uploadOnce } from '../../../deploy/upload-artifacts.ts';
import { zipFiles } from '../../../deploy/zip-files.ts';
import { CatchwaterError } from '../../../pipeline/errors.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

const root = resolve(import.meta.dirname, '../../..');

describe('zipFiles', () => {
  const files = dictionary(stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.(mjs|py|whl)$/), uint8Array());

  it('gives the same bytes for the same files in any order, and the files back', () => {
    assert(
      property(files, (given) => {
        const turned = Object.fromEntries(Object.entries(given).toReversed());
        const zip = zipFiles(given);
        expect(Buffer.from(zip).equals(zipFiles(turned))).to.equal(true);
        expect(unzipSync(zip)).to.deep.equal({ ...given });
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the time zone', () => {
    const zone = process.env['TZ'];
    try {
      const [one, other] = ['America/Los_Angeles', 'Asia/Tokyo'].map((name) => {
        process.env['TZ'] = name;
        return zipFiles({ 'index.mjs': strToU8('export {}') });
      });
      expect(Buffer.from(one ?? []).equals(Buffer.from(other ?? []))).to.equal(true);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('lets every user read what is inside', () => {
    const zip = Buffer.from(zipFiles({ a: strToU8('a') }));
    const entry = zip.indexOf('PK\x01\x02', 0, 'latin1');
    // Version made by: Unix; external attributes: the file's mode in the upper half.
    expect(zip[entry + 5]).to.equal(3);
    expect((zip.readUInt32LE(entry + 38) >>> 16).toString(8)).to.equal('100644');
  });
});

describe('bundleFunction', () => {
  for (const name of ['fetch', 'dispatch'] as const) {
    it(`${name}: one file, the same each time, without a path of this machine`, async () => {
      const [one, other] = await Promise.all([bundleFunction(name), bundleFunction(name)]);
      expect(Buffer.from(one).equals(other)).to.equal(true);
      const text = strFromU8(one);
      expect(text).to.match(/export\s*\{[^}]*\bas handler\b/);
      expect(text).to.not.contain(root);
      // What it imports is part of Node.
      const imported = [...text.matchAll(/(?:^|[;}])import[^;"'(]*["']([^"']+)["']/g)].map(
        ([, from]) => from,
      );
      expect(imported.filter((from) => !/^(node:)?[a-z_/0-9]+$/.test(from ?? ''))).to.deep.equal([]);
    });
  }
});

describe('wheelFiles', () => {
  it('is what Glue expects: a folder wheels, with the list of what to install', () => {
    const folder = mkdtempSync(join(tmpdir(), 'catchwater-wheels-'));
    try {
      writeFileSync(join(folder, 'duckdb-1.5.5-cp311.whl'), 'wheel');
      writeFileSync(join(folder, 'other.txt'), 'no wheel');
      const files = wheelFiles(folder);
      expect(Object.keys(files)).to.deep.equal(['wheels/requirements.txt', 'wheels/duckdb-1.5.5-cp311.whl']);
      expect(Buffer.from(files['wheels/requirements.txt'] ?? []).toString()).to.match(/^duckdb==[\d.]+\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names the DuckDB that the rest of the product has', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const [version] = dependencies['@duckdb/node-api']?.split('-') ?? [];
    for (const list of ['wheels.in', 'wheels.txt', 'requirements.in']) {
      expect(readFileSync(join(root, 'glue', list), 'utf8'), list).to.contain(`duckdb==${version}`);
    }
  });
});

describe('uploadOnce', () => {
  const body = strToU8('code');
  const upload = (head: () => unknown) => {
    const s3 = fakeClient({ HeadObjectCommand: head, PutObjectCommand: () => ({}) });
    return { s3, done: uploadOnce(s3, 'artifacts', { key: 'functions/fetch-1.zip', body }) };
  };

  it('leaves what is there already', async () => {
    const { s3, done } = upload(() => ({}));
    expect(await done).to.equal(false);
    expect(s3.sent.map(({ command }) => command)).to.deep.equal(['HeadObjectCommand']);
  });

  it('sends what is missing, with its hash', async () => {
    const { s3, done } = upload(() => {
      throw awsError('NotFound');
    });
    expect(await done).to.equal(true);
    expect(s3.sent[1]?.input).to.deep.equal({
      Bucket: 'artifacts',
      Key: 'functions/fetch-1.zip',
      Body: body,
      ChecksumSHA256: 'VpTQii5T/8rgwxA+Wtb2B2q9lg6x+KVldwQLwQKPcCs=',
    });
  });

  it('takes a refusal for no missing object', async () => {
    const { done } = upload(() => {
      throw awsError('Forbidden');
    });
    expect(await rejection(done)).to.be.instanceOf(CatchwaterError);
  });

  it('names objects by their content', () => {
    expect(hashedKey('glue/duckdb.gluewheels.zip', body)).to.match(
      /^glue\/duckdb-[0-9a-f]{20}\.gluewheels\.zip$/,
    );
    expect(hashedKey('a.zip', body)).to.equal(hashedKey('a.zip', strToU8('code')));
    expect(hashedKey('a.zip', body)).to.not.equal(hashedKey('a.zip', strToU8('cod3')));
  });
});
