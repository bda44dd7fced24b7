import { expect } from 'chai';
import { readRateLimit } from '../../../pipeline/http/read-rate-limit.ts';

const now = new Date('2026-11-21T10:05:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('readRateLimit', () => {
  it('reads what most APIs say', () => {
    const headers = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '17', 'x-ratelimit-reset': '30' };
    expect(readRateLimit(headers, now)).to.deep.equal({ remaining: 17, resetAt: later(30) });
  });

  it('reads the headers that the budget names, and no others', () => {
    const headers = { 'x-left': '3', 'x-until': '2026-11-21T10:06:00Z', 'x-ratelimit-remaining': '9' };
    const names = { remaining_header: 'X-Left', reset_header: 'X-Until' };
    expect(readRateLimit(headers, now, names)).to.deep.equal({ remaining: 3, resetAt: later(60) });
    expect(readRateLimit({ 'x-ratelimit-remaining': '9' }, now, names)).to.deep.equal({});
  });

  it('says nothing of headers that are not there, or no numbers', () => {
    expect(readRateLimit({}, now)).to.deep.equal({});
    expect(readRateLimit({ 'x-ratelimit-remaining': 'many', ratelimit: 'x' }, now)).to.deep.equal({});
  });

  it('takes of several limits the one with least left', () => {
    const ratelimit = '"day";r=90;t=5000, "minute";r=2;t=50';
    expect(readRateLimit({ ratelimit }, now)).to.deep.equal({ remaining: 2, resetAt: later(50) });
  });
});
