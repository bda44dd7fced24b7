import type { CompiledResource, CompiledSource } from '../pipeline/source/source.ts';

/** Without the pauses of `every`: the sample API gives as often as it is asked, and nobody waits an hour to see it. */
export function atEveryBeat(source: CompiledSource): CompiledSource {
  return { ...source, resources: source.resources.map(withoutPause) };
}

function withoutPause(resource: CompiledResource): CompiledResource {
  const copy = { ...resource };
  delete copy.every_ms;
  return copy;
}
