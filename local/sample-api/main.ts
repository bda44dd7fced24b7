/** The sample API on its own: `node local/sample-api/main.ts [--port 8080]`, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { startSampleApi } from './start-sample-api.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const api = await startSampleApi({ port: Number(values.port) });
const example =
  '/v1/forecast?latitude=52.52&longitude=13.41&hourly=temperature_2m&past_hours=24&forecast_hours=0';
console.info(`Sample API at ${api.url}, Ctrl-C ends it.\n  curl '${api.url}${example}'`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void api.stop());
