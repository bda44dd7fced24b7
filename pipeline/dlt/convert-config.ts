import { ConfigError } from '../errors.ts';
import { convertAuth } from './convert-auth.ts';
import { convertPaginator } from './convert-paginator.ts';
import { convertResource } from './convert-resource.ts';
import { isMapping, takeNotes, type Note } from './notes.ts';

export interface ConvertedConfig {
  /** As it is written to YAML. */
  source: Record<string, unknown>;
  notes: Note[];
}

/** A configuration of dlt's `rest_api` source → a source file. Throws ConfigError for anything else. */
export function convertConfig(config: unknown, name: string): ConvertedConfig {
  if (!isMapping(config) || !isMapping(config['client']) || !Array.isArray(config['resources'])) {
    throw new ConfigError(
      "this is no configuration of dlt's rest_api: it has a mapping 'client' and a list 'resources'",
    );
  }
  const notes = takeNotes();
  notes.addUnread('', config, ['client', 'resource_defaults', 'resources']);
  const client = convertClient(config['client'], name, notes);
  const defaults = isMapping(config['resource_defaults'])
    ? convertResource(config['resource_defaults'], 'resource_defaults', notes)
    : {};
  const resources = config['resources'].map((resource: unknown, index) => {
    const path = `resources[${index}]`;
    const given = isMapping(resource) ? resource : { name: resource, endpoint: resource };
    const converted = convertResource({ endpoint: given['name'], ...given }, path, notes);
    if (!('columns' in converted) && !('columns' in defaults)) {
      notes.add(
        path,
        'dlt infers columns at each run; here they are the contract: `catchwater init URL` writes them',
      );
    }
    if (!('data_selector' in converted))
      notes.add(path, 'dlt finds the records by itself; without data_selector the whole body is the list');
    return { columns: {}, ...converted, partition_by: 'none' };
  });
  notes.add(
    'resources',
    'partition_by is none everywhere: name an event_time for tables that grow with time',
  );
  const source = {
    version: 1,
    name,
    client,
    ...(Object.keys(defaults).length > 0 && { resource_defaults: defaults }),
    resources,
  };
  return { source, notes: notes.all() };
}

function convertClient(
  client: Record<string, unknown>,
  source: string,
  notes: ReturnType<typeof takeNotes>,
): Record<string, unknown> {
  notes.addUnread('client', client, ['base_url', 'headers', 'auth', 'paginator']);
  const auth =
    client['auth'] == null ? undefined : convertAuth(client['auth'], { path: 'client.auth', source, notes });
  const paginator =
    client['paginator'] == null
      ? undefined
      : convertPaginator(client['paginator'], 'client.paginator', notes);
  return {
    base_url: client['base_url'],
    ...(isMapping(client['headers']) && { headers: client['headers'] }),
    ...(auth !== undefined && { auth }),
    ...(paginator !== undefined && { paginator }),
  };
}
