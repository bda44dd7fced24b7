import type { CompiledSource, SecretReference } from './source.ts';

/** Every secret that a source names, wherever it stands, once. */
export function secretsIn(source: CompiledSource): SecretReference[] {
  const found = new Map<string, SecretReference>();
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isSecret(value)) found.set(`${value.store}/${value.secret}`, value);
    else for (const inner of Object.values(value)) search(inner);
  };
  search(source.client.auth);
  search(source.resources.map((resource) => resource.protect));
  return [...found.values()];
}

export function isSecret(value: object): value is SecretReference {
  const { secret, store } = value as Record<string, unknown>;
  return typeof secret === 'string' && (store === 'parameter-store' || store === 'secrets-manager');
}
