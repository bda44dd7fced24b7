import type { Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { CatchwaterError } from '../pipeline/errors.ts';

/**
 * Leaves out of a function's bundle what no function uses and esbuild cannot know: two thirds of it. Cold starts read
 * and compile every byte.
 *
 * - undici: its HTTP/1.1 client alone, with the parser that Node itself bundles. No fetch, no HTTP/2, no second parser; of
 *   the parser's constants the two that the client reads.
 * - Hashes in JavaScript, for a Node without crypto; S3's signer for access points of several regions.
 * - Credentials: Lambda hands a function its role's in the environment. No profiles, no SSO, no web identity.
 * - SDK clients: the schemas of operations that are never called. Computed keys, and a registry of errors, keep them
 *   alive; an error that is not registered still has its name and message, which is all that is read of these.
 */
export function slimBundle(): Plugin {
  return {
    name: 'slim-bundle',
    setup: (build) => {
      build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'slim' }));
      build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({
        path,
        namespace: 'slim',
      }));
      build.onLoad({ filter: /.*/, namespace: 'slim' }, ({ path }) => ({
        contents: substitutes[path] ?? '',
        // Where its own dependencies are found.
        resolveDir: dirname(resolve(path)),
      }));
      build.onLoad({ filter: unusedFiles }, () => ({ contents: 'module.exports = {};' }));
      build.onLoad({ filter: unusedModules }, async ({ path }) => ({
        contents: emptyExports(await readFile(path, 'utf8')),
      }));
      build.onLoad({ filter: portableHashes }, ({ path }) => ({
        contents: `export const ${basename(path, '.js')} = undefined;`,
      }));
      build.onLoad({ filter: signerOfManyRegions }, () => ({ contents: signerOfOneRegion }));
      build.onLoad({ filter: parserConstants }, async ({ path }) => ({
        contents: cutAfterTypes(await readFile(path, 'utf8')),
      }));
      build.onLoad({ filter: packageFiles }, async ({ path }) => ({
        contents: JSON.stringify({
          version: (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version,
        }),
        loader: 'json',
      }));
      build.onLoad({ filter: schemaFiles }, async ({ path }) => ({
        contents: loosenSchemas(await readFile(path, 'utf8')),
      }));
    },
  };
}

/** What undici's own build for Node defines, to leave its second parser out. */
export const undiciDefines = { esbuildDetection: '"1"' };

const resolve = createRequire(import.meta.url).resolve;

const substitutes: Record<string, string> = {
  undici: `
    import Agent from 'undici/lib/dispatcher/agent.js';
    import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
    import request from 'undici/lib/api/api-request.js';
    Dispatcher.prototype.request = request;
    export { Agent };`,
  '@aws-sdk/credential-provider-node': `
    import { fromEnv } from '@aws-sdk/credential-provider-env';
    export const defaultProvider = fromEnv;`,
};

/** The parser without SIMD is for processors that Lambda does not have. */
const unusedFiles =
  /[\\/]undici[\\/]lib[\\/](dispatcher[\\/]client-h2|llhttp[\\/]llhttp-wasm|web[\\/].*)\.js$/;
/** Streams of events (S3 Select), a cache of endpoints for those who turn discovery on: configured, and never used. */
const unusedModules =
  /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$|[\\/]middleware-endpoint-discovery[\\/]dist-es[\\/]index\.js$/;
const portableHashes = /[\\/](Sha256Js|Sha1Js|Md5Js)\.js$/;
const signerOfManyRegions = /[\\/]signature-v4-multi-region[\\/]dist-es[\\/]SignatureV4MultiRegion\.js$/;
const signerOfOneRegion = `
  import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials';
  export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
    static sigv4aDependency() { return 'none'; }
  }`;
const parserConstants = /[\\/]undici[\\/]lib[\\/]llhttp[\\/]constants\.js$/;
/** Of each, the SDK reads the version. */
const packageFiles = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/;
const schemaFiles = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
/** A cancelled transaction says why in a member of its own: the one error of which more than the name is read. */
const errors = /^n0_registry\.registerError\((?!TransactionCanceledException).*\);$/gm;

/** Its first tables are the parser's errors and types. */
function cutAfterTypes(text: string): string {
  const end = text.indexOf('exports.FLAGS = {');
  if (end === -1)
    throw new CatchwaterError("undici's constants are not in the order that slim-bundle.ts knows");
  return text.slice(0, end);
}

function loosenSchemas(text: string): string {
  const names = new Map(
    [...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  const plain = text.replaceAll(/\[(_\w+)\]:/g, (found, name: string) => {
    const value = names.get(name);
    return value === undefined ? found : `${value}:`;
  });
  return plain.replaceAll(errors, '');
}

/** The same names, each a function that hands on what it is given. */
function emptyExports(text: string): string {
  const names = [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','));
  const exported = names
    .map(
      (name) =>
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1) ?? '',
    )
    .filter((name) => name !== '');
  return exported.map((name) => `export const ${name} = (given) => given;`).join('\n');
}
