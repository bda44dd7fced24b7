import { ConfigError } from '../pipeline/errors.ts';

/** The named variables, all present and not empty; a ConfigError names every missing one. */
export function readEnvironment<Name extends string>(names: readonly Name[]): Record<Name, string> {
  const found = names.map((name) => [name, process.env[name] ?? ''] as const);
  const missing = found.filter(([, value]) => value === '').map(([name]) => name);
  if (missing.length > 0) {
    throw new ConfigError(
      `environment variables missing: ${missing.join(', ')}; the template sets them, deploy again`,
    );
  }
  return Object.fromEntries(found) as Record<Name, string>;
}
