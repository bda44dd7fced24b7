import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where everything lies: the clone, or dist/ in an installed package, which has the same folders, compiled. */
export const packageRoot = join(import.meta.dirname, '..');

/** A clone holds the sources of the functions: artifacts are built from them. An installed package has them ready. */
export const isClone = existsSync(join(packageRoot, 'functions', 'fetch', 'handler.ts'));
