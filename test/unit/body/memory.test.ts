import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, '../../support/stream-body.ts');

interface Outcome {
  pieces: number;
  longest: number;
  records: number;
  bytes: number;
  objects: number;
  memory: number;
}

/** In a process of its own, whose heap has room for a small part of the text; young objects as the template has it. */
async function stream(megabytes: number, format: string): Promise<Outcome> {
  const args = ['--max-old-space-size=48', '--max-semi-space-size=8', script, String(megabytes), format];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Outcome;
}

describe('a response of many megabytes', () => {
  for (const format of ['json', 'ndjson', 'csv']) {
    it(`of ${format} streams and lands in flat memory`, async function streams() {
      this.timeout(60_000);
      const small = await stream(16, format);
      const large = await stream(96, format);
      expect(large.bytes).to.be.greaterThan(96 * 2 ** 20);
      expect(large.records / small.records).to.be.closeTo(6, 0.1);
      expect(large.longest).to.be.lessThanOrEqual(8 * 2 ** 20);
      expect(large.objects).to.be.greaterThan(1);
      // Eighty megabytes more of text, each of which would take twice that or more if it were held.
      expect(large.memory - small.memory).to.be.lessThan(40 * 2 ** 20);
    });
  }
});
