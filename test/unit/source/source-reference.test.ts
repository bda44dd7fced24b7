import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { generatedFiles } from '../../../deploy/commands/schema.ts';
import { sourceJsonSchema, sourceSchemaText, type JsonSchema } from '../../../pipeline/source/json-schema.ts';
import { exampleSource } from '../../../pipeline/source/reference-introduction.ts';
import { loadText } from './load-weather.ts';

describe('files made from the schema', () => {
  for (const [name, text] of Object.entries(generatedFiles())) {
    it(`${name} is fresh (else: node deploy/commands/schema.ts)`, async () => {
      expect(await readFile(new URL(`../../../${name}`, import.meta.url), 'utf8')).to.equal(text);
    });
  }
});

describe('the schema', () => {
  const schema = sourceJsonSchema();
  const mappings = [schema, ...Object.values(schema.definitions ?? {})];

  it('describes every key, with an example where it is a value of its own', () => {
    for (const mapping of mappings) {
      for (const [key, value] of Object.entries(mapping.properties ?? {})) {
        const described = resolve(schema, value);
        expect(described.description, `${mapping.title}: ${key}`).to.match(/^[A-Z].*[.`]$/);
        if (described.properties || described.const !== undefined) continue;
        expect(described.examples, `${mapping.title}: ${key}`).to.have.length.greaterThan(0);
      }
    }
  });

  it('refuses unknown keys in every mapping', () => {
    for (const mapping of mappings.filter(({ properties }) => properties)) {
      expect(mapping.additionalProperties, mapping.title).to.equal(false);
    }
  });
});

describe('the schema for editors', () => {
  const schema = z.fromJSONSchema(JSON.parse(sourceSchemaText()) as z.core.JSONSchema.JSONSchema);

  for (const name of ['open-meteo', 'weatherapi', 'nws']) {
    it(`takes sources/${name}.yaml, and marks a key that it does not know`, async () => {
      const text = await readFile(new URL(`../../../sources/${name}.yaml`, import.meta.url), 'utf8');
      expect(text).to.match(/^# yaml-language-server: \$schema=\.\/source\.schema\.json\n/);
      expect(schema.safeParse(parse(text)).success).to.equal(true);
      expect(schema.safeParse(parse(text.replace('primary_key', 'primary_kye'))).success).to.equal(false);
    });
  }

  it('takes a resource whose endpoint and columns come from the defaults', () => {
    const source = {
      version: 1,
      name: 'shared',
      client: { base_url: 'https://api.example.com/' },
      resource_defaults: { endpoint: { path: 'a' }, columns: { id: 'bigint' } },
      resources: [{ name: 'one' }, { name: 'two', endpoint: { params: { a: 1 } } }],
    };
    expect(schema.safeParse(source).success).to.equal(true);
    expect(schema.safeParse({ ...source, resources: [{}] }).success).to.equal(false);
  });
});

describe('the example of the reference', () => {
  it('is a source without a fault', async () => {
    const loaded = await loadText(exampleSource);
    expect(loaded.ok && loaded.warnings).to.deep.equal([]);
  });
});

/** The schema behind a reference, under what is said at the reference itself. */
function resolve(schema: JsonSchema, value: JsonSchema): JsonSchema {
  const reference = value.allOf?.[0]?.$ref ?? value.$ref;
  return { ...schema.definitions?.[reference?.replace(/^.*\//, '') ?? ''], ...value };
}
