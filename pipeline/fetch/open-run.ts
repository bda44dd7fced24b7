import type { ProtectRule } from '../body/body-form.ts';
import { requestWeight } from '../budget/weight.ts';
import { createJudge } from '../http/judge-response.ts';
import type { HttpRequest } from '../http/send-request.ts';
import { parseJsonPath, type JsonPath } from '../source/json-path.ts';
import type { ApiBudget, CompiledResource } from '../source/source.ts';
import type { Run } from './run.ts';

type Given = Omit<Run, 'judge' | 'form' | 'weigh'> & { protect: readonly ProtectRule[] };

/** What is the same for all requests of a resource, made once. */
export function openRun({ protect, ...given }: Given): Run {
  const { resource, ports } = given;
  const { endpoint, shape } = resource;
  const selector = selectorOf(resource);
  const columns = resource.table.columns.map((column) => column.name);
  const judge = createJudge({
    filters: endpoint.response_filters,
    expected: { selector, shape, columns },
    format: endpoint.response.format,
    grouped: resource.group !== undefined,
    now: ports.now,
  });
  const envelopePaths = resource.envelope?.map((path) => parseJsonPath(path));
  return {
    ...given,
    judge,
    form: {
      response: endpoint.response,
      selector,
      shape,
      ...(protect.length > 0 && { protect }),
      ...(envelopePaths && { envelopePaths }),
    },
    weigh: weigher(ports.client.api_budget),
  };
}

/** Rows of NDJSON and CSV have nothing around them. */
function selectorOf({ endpoint, data_selector: selector }: CompiledResource): JsonPath {
  return endpoint.response.format === 'json' ? parseJsonPath(selector) : [];
}

function weigher(budget: ApiBudget | undefined): Run['weigh'] {
  const weight = budget?.weight;
  if (weight === undefined) return () => 1;
  return (request, slices) => requestWeight(weight, { params: paramsOf(request), slices });
}

/** Of the URL, and of a form. */
function paramsOf({ url, headers, body }: HttpRequest): Record<string, string> {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const form = isForm && body !== undefined ? [...new URLSearchParams(body)] : [];
  return Object.fromEntries([...url.searchParams, ...form]);
}
