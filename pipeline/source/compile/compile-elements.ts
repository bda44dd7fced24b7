import type { ResourcePart } from '../schema/source-schema.ts';
import { parentFields } from '../slices/parent-fields.ts';
import type { Elements } from '../slices/read-slices.ts';
import type { CompiledResource } from '../source.ts';

/** What a fetch goes through one after another, or several at once. */
export function compileElements(
  resource: ResourcePart,
  { slices, parent, group }: Elements,
): Pick<CompiledResource, 'slices' | 'parent' | 'group'> {
  return {
    slices,
    ...(parent && {
      parent: {
        variable: parent.variable,
        resource: parent.resource,
        fields: parentFields(parent, resource),
      },
    }),
    ...(group && {
      group: {
        size: group.rule.group ?? 1,
        separator: group.rule.separator ?? ',',
        variables: group.variables,
        answers: group.rule.answers ?? '$',
        match: group.rule.match ?? 'position',
      },
    }),
  };
}
