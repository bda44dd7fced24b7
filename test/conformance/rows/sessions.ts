/** Logins that give the token of a session. */
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const auth = (text: string, more = '') => `client: { auth: ${text} }\n${more}`;

const secret = 'the-secret-value';

const session = (more = '') =>
  auth(
    `{ type: session_token, login: { path: login, method: POST, json: { user: me, password: { secret: pw } } }, token_path: $.session.id${more} }`,
  );

export const sessions: Row[] = [
  {
    name: 'a login gives the token of a session',
    source: session(),
    secrets: { pw: secret },
    api:
      () =>
      ({ path, headers }) =>
        path === '/login'
          ? json({ session: { id: 'session-1' } })
          : headers['authorization'] === 'Bearer session-1'
            ? ids(1)
            : refusal(401),
    requests: [{ line: 'POST /login', body: { user: 'me', password: secret } }, '/items'],
    rows: [1],
  },
  {
    name: 'the token of a session goes into any header, with nothing before it',
    source: session(", name: X-Session, prefix: ''"),
    secrets: { pw: secret },
    api: [json({ session: { id: 'session-1' } }), ids(1)],
    requests: ['POST /login', { line: '/items', headers: { 'x-session': 'session-1' } }],
  },
  {
    name: 'the token of a session goes into the query, and into no raw object',
    source: session(", name: sid, location: query, prefix: ''"),
    secrets: { pw: secret },
    api: [json({ session: { id: 'session-one' } }), ids(1)],
    requests: ['POST /login', '/items?sid=session-one'],
    raw: { lacks: ['session-one'] },
  },
  {
    name: 'a login by form',
    source: auth(
      `{ type: session_token, login: { path: login, method: POST, form: { user: me, password: { secret: pw } } }, token_path: $.t }`,
    ),
    secrets: { pw: 'p&w' },
    api: [json({ t: 'session-1' }), ids(1)],
    requests: [{ line: 'POST /login', body: 'user=me&password=p%26w' }, '/items'],
  },
  {
    name: 'a session that has ended logs in again',
    source: session(),
    secrets: { pw: secret },
    api: () => {
      let logins = 0;
      return ({ path, headers }) => {
        if (path === '/login') return json({ session: { id: `session-${(logins += 1)}` } });
        return headers['authorization'] === 'Bearer session-2' ? ids(1) : refusal(401);
      };
    },
    requests: ['POST /login', '/items', 'POST /login', '/items'],
    rows: [1],
  },
  {
    name: 'a login whose lifetime is over logs in again',
    source: session(', lifetime: PT30M'),
    secrets: { pw: secret },
    api:
      () =>
      ({ path }) =>
        path === '/login' ? json({ session: { id: 'session-1' } }) : ids(1),
    fetches: [{ requests: ['POST /login', '/items'] }, { requests: ['POST /login', '/items'] }],
  },
  {
    name: 'a refused login fails by its reason, without the password',
    source: session(),
    secrets: { pw: secret },
    api: { '/login': refusal(403, `wrong password ${secret}`) },
    outcome: /^(?!.*the-secret-value).*403/s,
    asked: 1,
  },
];
