import { isMapping, type Notes } from './notes.ts';

interface AuthContext {
  path: string;
  /** Begins the names of secrets. */
  source: string;
  notes: Notes;
}

/** Values of secrets are never carried over: each becomes a name. */
export function convertAuth(auth: unknown, { path, source, notes }: AuthContext): unknown {
  const given = isMapping(auth) ? auth : { type: auth };
  const type = given['type'] ?? ('token' in given ? 'bearer' : undefined);
  const secret = (what: string): { secret: string } => {
    const name = `${source}-${what}`;
    notes.add(path, `no value of a secret is carried over: catchwater secret set ${name}`);
    return { secret: name };
  };
  if (type === 'bearer') {
    notes.addUnread(path, given, ['type', 'token']);
    return { type, token: secret('token') };
  }
  if (type === 'api_key') {
    notes.addUnread(path, given, ['type', 'name', 'api_key', 'location']);
    const location = given['location'] === 'query' || given['location'] === 'param' ? 'query' : 'header';
    if (given['location'] === 'cookie')
      notes.add(`${path}.location`, 'a key in a cookie: here it goes into a header');
    return { type, name: given['name'] ?? 'Authorization', location, api_key: secret('key') };
  }
  if (type === 'http_basic') {
    notes.addUnread(path, given, ['type', 'username', 'password']);
    return { type, username: given['username'] ?? '', password: secret('password') };
  }
  if (type === 'oauth2_client_credentials') {
    notes.addUnread(path, given, [
      'type',
      'access_token',
      'access_token_url',
      'client_id',
      'client_secret',
      'access_token_request_data',
      'default_token_expiration',
    ]);
    const seconds = given['default_token_expiration'];
    return {
      type,
      access_token_url: given['access_token_url'],
      client_id: given['client_id'],
      client_secret: secret('client-secret'),
      ...(isMapping(given['access_token_request_data']) && {
        access_token_request_data: given['access_token_request_data'],
      }),
      ...(typeof seconds === 'number' && { default_token_expiration: `PT${seconds}S` }),
    };
  }
  notes.add(path, `the auth ${JSON.stringify(type)} is not one that a configuration can describe`);
  return undefined;
}
