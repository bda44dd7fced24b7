/** The grammar, the JSON Schema made from it and the loader say the same of every source that the tests know. */
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { sourceJsonSchema, sourceSchemaText } from '../../../pipeline/source/json-schema.ts';
import { exampleSource, pagedSource } from '../../../pipeline/source/reference-introduction.ts';
import { sourceSchema } from '../../../pipeline/source/schema/source-schema.ts';
import { parseYamlFile } from '../../../pipeline/source/yaml-file.ts';
import { changed, loadText, tracker, weather } from './load-weather.ts';
import { readMistakes } from './mistakes.ts';

const folder = new URL('../../../sources/', import.meta.url);

describe('the JSON Schema', function () {
  this.timeout(30_000);
  const jsonSchema = z.fromJSONSchema(sourceJsonSchema() as z.core.JSONSchema.JSONSchema);
  const forEditors = z.fromJSONSchema(JSON.parse(sourceSchemaText()) as z.core.JSONSchema.JSONSchema);
  const corpus = readCorpus();

  it('takes what the grammar takes, and refuses what it refuses', () => {
    const counts = { good: 0, bad: 0 };
    for (const { title, value } of corpus) {
      const expected = sourceSchema.safeParse(value).success;
      expect(jsonSchema.safeParse(value).success, title).to.equal(expected);
      counts[expected ? 'good' : 'bad'] += 1;
    }
    expect(counts.good).to.be.greaterThan(200);
    expect(counts.bad).to.be.greaterThan(90);
  });

  it('marks nothing that the loader takes, and the loader refuses what it marks', async () => {
    let taken = 0;
    for (const { title, text, value } of corpus) {
      const loaded = await loadText(text);
      if (loaded.ok) taken += 1;
      if (loaded.ok) expect(forEditors.safeParse(value).success, title).to.equal(true);
    }
    expect(taken).to.be.greaterThan(40);
  });
});

interface Entry {
  title: string;
  text: string;
  value: unknown;
}

/** Good sources, and every listed mistake; texts that are no YAML, or not what they seem, have no value to check. */
function readCorpus(): Entry[] {
  const good = [weather, tracker, exampleSource, pagedSource].map((text, index) => ({
    title: `good ${index}`,
    text,
  }));
  const ready = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ title: name, text: readFileSync(new URL(name, folder), 'utf8') }));
  const changes = [...readMistakes().values()].flat().map(({ title, base, from, to }) => ({
    title,
    text: changed(from, to, base),
  }));
  return [...good, ...ready, ...changes].flatMap((entry) => {
    const file = parseYamlFile({ name: entry.title, text: entry.text });
    return file.problems.length > 0 ? [] : [{ ...entry, value: parse(stringify(file.value)) as unknown }];
  });
}
