import { build, type Plugin } from 'esbuild';
import { join } from 'node:path';
import { CatchwaterError } from '../pipeline/errors.ts';
import { packageRoot } from './package-root.ts';
import { slimBundle, undiciDefines } from './slim-bundle.ts';

export type FunctionName = 'fetch' | 'dispatch';

/** One file for the function, with everything it imports: Lambda's own SDK changes under a running function. */
export async function bundleFunction(
  name: FunctionName,
  /** Without them, what the benchmark compares with. */
  plugins: Plugin[] = [slimBundle()],
): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [join(packageRoot, 'functions', name, 'handler.ts')],
    outfile: 'index.mjs',
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // The SDK's ES modules shake down to a third of its CommonJS.
    mainFields: ['module', 'main'],
    // Errors are told apart by their names, which are members of theirs: functions and classes may lose theirs.
    minify: true,
    define: undiciDefines,
    plugins,
    legalComments: 'none',
    // The same bytes in whatever folder the clone lies.
    absWorkingDir: packageRoot,
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (!file) throw new CatchwaterError(`esbuild wrote nothing for the function ${name}`);
  return file.text.includes(dynamicRequire) ? Buffer.from(`${requireBanner}\n${file.text}`) : file.contents;
}

/** Part of the error that esbuild's stand-in for `require` would throw. */
const dynamicRequire = 'Dynamic require of ';

/** CommonJS packages among the dependencies ask for Node's own modules by `require`. */
const requireBanner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
