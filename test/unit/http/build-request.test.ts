import { expect } from 'chai';
import { buildRequest } from '../../../pipeline/http/build-request.ts';
import type { Client, Endpoint, Slice } from '../../../pipeline/source/source.ts';
import { defaultClient, defaultEndpoint } from '../../../pipeline/source/default-parts.ts';

const client: Client = {
  ...defaultClient,
  base_url: 'https://api.example/v1/',
  headers: { 'User-Agent': '(weather, me@example.com)', 'X-Plan': 'a' },
};
const endpoint: Endpoint = { ...defaultEndpoint, path: 'forecast' };
const oslo: Slice = { city: { name: 'Oslo & Bærum', lat: 59.9, note: null } };
const build = (change: Partial<Endpoint>, slice: Slice = oslo) =>
  buildRequest(client, { ...endpoint, ...change }, slice);

describe('buildRequest', () => {
  it('fills in path, parameters and headers, in their order', () => {
    const request = build({
      path: 'points/{city.name}/x',
      params: { latitude: '{city.lat}', hourly: 'a,b', note: '{city.note}', text: 'n: {city.note}' },
      headers: { 'x-plan': 'b', 'X-City': '{city.lat}', 'X-Note': '{city.note}' },
    });
    expect(request.url.href).to.equal(
      'https://api.example/v1/points/Oslo%20%26%20B%C3%A6rum/x?latitude=59.9&hourly=a%2Cb&text=n%3A+',
    );
    expect(request.headers).to.deep.equal({
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      'user-agent': '(weather, me@example.com)',
      'x-plan': 'b',
      'x-city': '59.9',
    });
    expect(request).to.include({ method: 'GET' }).and.not.have.property('body');
  });

  it('sends a JSON body, values in their types', () => {
    const { body, headers, method } = build({
      method: 'POST',
      json: { at: ['{city.lat}', '{city.note}'], text: 'lat {city.lat}' },
    });
    expect({ body, method }).to.deep.equal({ body: '{"at":[59.9,null],"text":"lat 59.9"}', method: 'POST' });
    expect(headers).to.include({ 'content-type': 'application/json' });
  });

  it('sends a form, without the fields that are null', () => {
    const { body, headers } = build({
      method: 'POST',
      form: { place: '{city.name}', note: '{city.note}', limit: '5' },
    });
    expect(body).to.equal('place=Oslo+%26+B%C3%A6rum&limit=5');
    expect(headers).to.include({ 'content-type': 'application/x-www-form-urlencoded' });
  });

  it('asks for the format that the source names', () => {
    expect(build({ response: { format: 'csv' } }).headers['accept']).to.equal('text/csv, */*;q=0.8');
    expect(build({ response: { format: 'ndjson' } }).headers['accept']).to.match(/^application\/x-ndjson/);
  });

  for (const value of [null, '']) {
    it(`asks for nothing where a part of the path would be ${JSON.stringify(value)}`, () => {
      expect(() => build({ path: 'stations/{station.id}' }, { station: { id: value } })).to.throw(
        "the path 'stations/{station.id}' has no value for {station.id}",
      );
    });
  }

  for (const [path, slice] of [
    ['https://evil.example/v1/x', {}],
    ['{station}', { station: '..' }],
    ['{station}/x', { station: '..' }],
  ] as const) {
    it(`stays below base_url: ${path} of ${JSON.stringify(slice)}`, () => {
      expect(() => build({ path }, slice)).to.throw(/leads to .*, outside of https:\/\/api\.example\/v1\//);
    });
  }

  it('takes a path for a path, even when it looks like a host', () => {
    expect(build({ path: '//evil.example/x' }, {}).url.href).to.equal(
      'https://api.example/v1/evil.example/x',
    );
  });
});
