/** A mapping of the source file, before or after its keys were checked. */
export type Mapping = Record<string, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One statement each: an element of these is replaced as a whole, never mixed with the default's. */
const whole = new Set(['for_each', 'event_time', 'columns.*', 'endpoint.json', 'endpoint.paginator']);

/**
 * `resource_defaults` under one resource: mappings are merged key by key, everything else (lists and nulls too) is
 * replaced by the resource's own value.
 */
export function mergeDefaults(defaults: unknown, resource: unknown, place = ''): unknown {
  if (!isMapping(defaults) || !isMapping(resource) || isWhole(place)) return resource;
  const keys = [...new Set([...Object.keys(defaults), ...Object.keys(resource)])];
  return Object.fromEntries(
    keys.map((key) => {
      if (!Object.hasOwn(resource, key)) return [key, defaults[key]];
      if (!Object.hasOwn(defaults, key)) return [key, resource[key]];
      const inner = place === '' ? key : `${place}.${key}`;
      return [key, mergeDefaults(defaults[key], resource[key], inner)];
    }),
  );
}

function isWhole(place: string): boolean {
  return whole.has(place) || whole.has(place.replace(/\.[^.]*$/, '.*'));
}
