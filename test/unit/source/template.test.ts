import { expect } from 'chai';
import * as fc from 'fast-check';
import { ExpressionError } from '../../../pipeline/source/expression-error.ts';
import {
  parseTemplate,
  renderJson,
  renderParameter,
  renderPath,
  renderTemplate,
} from '../../../pipeline/source/template.ts';

const slice = { city: { name: 'São Paulo/SP', lat: -23.55, zip: null } };

describe('parseTemplate', () => {
  it('splits literals and placeholders, doubled braces being literal', () => {
    expect(parseTemplate('a{city.lat}{{b}}{station}')).to.deep.equal([
      { literal: 'a' },
      { placeholder: { variable: 'city', field: 'lat', offset: 1, length: 10 } },
      { literal: '{b}' },
      { placeholder: { variable: 'station', offset: 16, length: 9 } },
    ]);
    expect(parseTemplate('')).to.deep.equal([]);
  });

  for (const [text, offset, message] of [
    ['a{city', 1, /'\{' is never closed; .* \{\{/],
    ['a}', 1, /'\}' closes nothing; .* \}\}/],
    ['{city}}', 6, /'\}' closes nothing/],
    ['{}', 0, /\{\} is no placeholder/],
    ['x{ city }', 1, /is no placeholder/],
    ['{city.a.b}', 0, /is no placeholder/],
    ['a{resources.parent.id}', 1, /for_each: \{ item: \{ resource: parent \} \}, and then is \{item.id\}/],
    ['{city[0]}', 0, /is no placeholder/],
  ] as const) {
    it(`refuses '${text}' at character ${offset}`, () => {
      expect(() => parseTemplate(text))
        .to.throw(ExpressionError, message)
        .with.property('offset', offset);
    });
  }

  it('gives any text back when its braces are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(renderTemplate(text.replaceAll(/[{}]/g, '$&$&'), {})).to.equal(text);
      }),
    );
  });
});

describe('renderTemplate', () => {
  it('fills in values, a null as an empty text', () => {
    expect(renderTemplate('{city.name}: {city.lat}{city.zip}', slice)).to.equal('São Paulo/SP: -23.55');
  });

  it('names a placeholder that the slice has no value for', () => {
    expect(() => renderTemplate('{city.latt}', slice)).to.throw(ExpressionError, '{city.latt}');
    expect(() => renderTemplate('{city}', slice)).to.throw(ExpressionError, '{city}');
    expect(() => renderTemplate('{city.toString}', slice)).to.throw(ExpressionError, '{city.toString}');
    expect(() => renderTemplate('{constructor}', slice)).to.throw(ExpressionError, '{constructor}');
  });
});

describe('renderPath', () => {
  it('encodes values, so that none adds a segment, and leaves the literal text', () => {
    expect(renderPath('a/b:c/{city.name}', slice)).to.equal('a/b:c/S%C3%A3o%20Paulo%2FSP');
  });
});

describe('renderParameter', () => {
  it('is undefined for a lone placeholder whose value is null', () => {
    expect(renderParameter('{city.zip}', slice)).to.equal(undefined);
    expect(renderParameter('zip {city.zip}', slice)).to.equal('zip ');
    expect(renderParameter('', slice)).to.equal('');
  });
});

describe('renderJson', () => {
  it('renders every string and keeps the type of a lone placeholder', () => {
    const body = {
      q: ['{city.name}', 'at {city.lat}', 3],
      at: '{city.lat}',
      zip: '{city.zip}',
      all: true,
      n: null,
    };
    expect(renderJson(body, slice)).to.deep.equal({
      q: ['São Paulo/SP', 'at -23.55', 3],
      at: -23.55,
      zip: null,
      all: true,
      n: null,
    });
  });
});
