/** What never lands as it is: redacted and hashed values, and keys that an API repeats, in every form of a body. */
import { createHmac } from 'node:crypto';
import { ids, json } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const hashed = (text: string) => createHmac('sha256', 'the-salt-of-it').update(text).digest('hex');

const personal = 'Ada Lovelace';

const redacted = 'columns: { id: bigint, name: { type: string, redact: true } }';

const key = 'a-long-secret-key';

const withKey = 'client: { max_attempts: 1, auth: { type: bearer, token: { secret: k } } }';

const text = (body: string, type = 'application/json'): Answer => ({
  text: body,
  headers: { 'content-type': type },
});

const many = (count: number, of: (id: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, id) => of(id));

const large = (of: (id: number) => Record<string, unknown>) =>
  many(1100, (id) => ({ ...of(id), pad: 'x'.repeat(8_000) }));

export const protection: Row[] = [
  {
    name: 'redact: the value never lands',
    source: 'columns: { id: bigint, iban: { type: string, redact: true } }',
    api: [json([{ id: 1, iban: 'DE02120300000000202051' }])],
    rows: [{ id: 1 }],
    raw: { lacks: ['DE02120300000000202051'] },
  },
  {
    name: 'hash: the value lands as its HMAC, the same for the same',
    source: 'columns: { id: bigint, mail: { type: string, hash: { secret: salt } } }',
    secrets: { salt: 'the-salt-of-it' },
    api: [
      json([
        { id: 1, mail: 'a@example.com' },
        { id: 2, mail: 'a@example.com' },
        { id: 3, mail: null },
      ]),
    ],
    rows: [{ mail: hashed('a@example.com') }, { mail: hashed('a@example.com') }, { mail: null }],
    raw: { lacks: ['a@example.com', 'the-salt-of-it'] },
  },
  {
    name: 'a value in a nested list cannot be redacted alone: the source is refused, not half obeyed',
    source: `columns: { id: bigint }
child_tables:
  - name: people
    records: $.people
    columns: { of: { type: bigint, from_parent: $.id }, name: { type: string, redact: true }, n: bigint }
    primary_key: [of, n]
    partition_by: none`,
    api: [],
    refused: /redact/,
  },
  {
    name: 'a nested list is redacted as a whole',
    source: 'columns: { id: bigint, people: { type: string, redact: true } }',
    api: [json([{ id: 1, people: [{ name: 'Ada Lovelace' }] }])],
    rows: [1],
    raw: { lacks: ['Ada Lovelace'] },
  },
  {
    name: 'redact in CSV',
    source: `endpoint: { response_format: csv }\n${redacted}`,
    api: [text(`id,name\n1,"${personal}"\n2,\n`, 'text/csv')],
    rows: [1, 2],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in NDJSON',
    source: `endpoint: { response_format: ndjson }\n${redacted}`,
    api: [text(`{"id":1,"name":"${personal}"}\n{"id":2}\n`, 'application/x-ndjson')],
    rows: [1, 2],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in a map',
    source: `shape: map\n${redacted}`,
    api: [json({ a: { id: 1, name: personal }, b: { id: 2, name: null } })],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in parallel lists',
    source: `shape: columns\n${redacted}`,
    api: [json({ id: [1, 2], name: [personal, null] })],
    rows: [1, 2],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in one object',
    source: `shape: object\n${redacted}`,
    api: [json({ id: 1, name: personal })],
    rows: [1],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in the answers of a group',
    source: `for_each: { q: { values: [A, B], group: 2, match: position } }
endpoint: { params: { q: '{q}' } }
data_selector: $.items
${redacted}`,
    api: [json([{ items: [{ id: 1, name: personal }] }, { items: [{ id: 2, name: personal }] }])],
    rows: [1, 2],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact in a list of more than 8 MB',
    source: redacted,
    api: [json(large((id) => ({ id, name: personal })))],
    rowCount: 1100,
    raw: { lacks: [personal] },
  },
  {
    name: 'redact whatever the value is: an object, a list, a number with a fraction',
    source: redacted,
    api: [
      text(
        `[{"id":1,"name":{"first":"${personal}"}},{"id":2,"name":["${personal}"]},{"id":3,"name":12345.678901}]`,
      ),
    ],
    rows: [1, 2, 3],
    raw: { lacks: [personal, '12345.678901'] },
  },
  {
    name: 'redact a name that is written with escapes',
    source: redacted,
    api: [text(String.raw`[{"id":1,"na\u006de":"Ada Lovelace"}]`)],
    rows: [1],
    raw: { lacks: [personal] },
  },
  {
    name: 'redact a field that stands twice in a record',
    source: redacted,
    api: [text(`[{"id":1,"name":"${personal}","name":"${personal}"}]`)],
    raw: { lacks: [personal] },
  },
  {
    name: 'a key that the API repeats in CSV lands masked',
    source: `${withKey}\nendpoint: { response_format: csv }\ncolumns: { id: bigint, note: string }`,
    secrets: { k: key },
    api: [text(`id,note\n1,asked with ${key}\n`, 'text/csv')],
    rows: [1],
    raw: { lacks: [key] },
  },
  {
    name: 'a key that the API repeats in a body of more than 8 MB lands masked, wherever it stands',
    source: withKey,
    secrets: { k: key },
    api: [json(large((id) => ({ id, note: key })))],
    rowCount: 1100,
    raw: { lacks: [key] },
  },
  {
    name: 'a key that the API repeats in base64 and in a URL lands masked',
    source: withKey,
    secrets: { k: 'key/with+signs=' },
    api: [
      json([
        {
          id: 1,
          a: Buffer.from('key/with+signs=').toString('base64'),
          b: encodeURIComponent('key/with+signs='),
        },
      ]),
    ],
    rows: [1],
    raw: {
      lacks: [
        Buffer.from('key/with+signs=').toString('base64').replace(/=+$/, ''),
        encodeURIComponent('key/with+signs='),
      ],
    },
  },
  {
    name: 'headers of answers that are kept hold no cookie',
    api: [{ ...ids(1), headers: { 'set-cookie': 'session=abcdef', etag: '"v1"' } }],
    raw: { has: ['v1'], lacks: ['abcdef'] },
  },
];
