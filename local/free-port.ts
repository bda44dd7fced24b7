import { createServer } from 'node:net';

/** Whether a port of 127.0.0.1 can be listened on now. */
export async function portIsFree(port: number): Promise<boolean> {
  return (await listen(port)) !== undefined;
}

/** A port of 127.0.0.1 that nothing listens on; the preferred one where it is free. */
export async function freePort(preferred?: number): Promise<number> {
  const port = (preferred && (await listen(preferred))) || (await listen(0));
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  return port;
}

/** Listens and lets go at once; undefined when the port is taken or not allowed. */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
