import { expect } from 'chai';
import * as fc from 'fast-check';
import { createSecretMask } from '../../../pipeline/http/secret-mask.ts';

describe('SecretMask', () => {
  const secret = 'p/q+r s"t=ü\\1234567';
  const base64 = Buffer.from(secret).toString('base64');
  const forms: [what: string, text: string][] = [
    ['as it is', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL, small letters', encodeURIComponent(secret).toLowerCase()],
    ['in a form', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    [
      'in JSON with escaped slashes',
      JSON.stringify(secret)
        .slice(1, -1)
        .replaceAll('/', String.raw`\/`),
    ],
    ['in base64', base64],
    ['in base64 without padding', base64.replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ];
  for (const [what, text] of forms) {
    it(`hides a secret ${what}`, () => {
      const mask = createSecretMask();
      mask.hide(secret);
      for (const hidden of [mask.mask(`<${text}>`), mask.maskBody(`<${text}>`)]) {
        expect(hidden).to.match(/^<\*\*\*=*>$/);
      }
    });
  }

  it('hides every secret it was told of, as often as it stands there', () => {
    const mask = createSecretMask();
    mask.hide('old-secret');
    mask.hide('new-secret');
    expect(mask.mask('new-secret old-secret new-secret')).to.equal('*** *** ***');
  });

  it('hides a secret that holds another one whole', () => {
    const mask = createSecretMask();
    ['ann', 'ann:p:w d', ''].forEach((text) => mask.hide(text));
    expect(mask.mask(`<${Buffer.from('ann:p:w d').toString('base64')}>`)).to.equal('<***>');
    expect(mask.mask('<ann:p:w d> of <ann>')).to.equal('<***> of <***>');
  });

  it('leaves other text alone', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const mask = createSecretMask();
        expect(mask.mask(text)).to.equal(text);
        mask.hide('a secret that no text contains');
        expect(mask.mask(text)).to.equal(text);
      }),
    );
  });

  it('hides short secrets in messages, not in data', () => {
    const mask = createSecretMask();
    mask.hide('demo');
    expect(mask.mask('key=demo')).to.equal('key=***');
    expect(mask.maskBody('{"plan":"demo"}')).to.equal('{"plan":"demo"}');
  });

  it('keeps of an error its name, and message and stack without secrets', () => {
    const mask = createSecretMask();
    mask.hide('old-secret');
    const masked = mask.maskError(new TypeError('no old-secret here'));
    expect(masked).to.include({ name: 'TypeError', message: 'no *** here' });
    expect(masked.stack).to.contain('no *** here').and.not.contain('old-secret');
    expect(mask.maskError('old-secret').message).to.equal('***');
    const outer = mask.maskError(new Error('outer', { cause: new Error('inner old-secret') }));
    expect(outer.cause).to.have.property('message', 'inner ***');
  });
});
