// Makes this machine ready: npm packages (in a clone) and Python environments, where they are missing or stale.
// It needs no package itself and runs on Node 20 or newer. When all is fresh it only compares hashes.
//   node setup.mjs           all that `npm start` needs
//   node setup.mjs --tools   the npm packages only
//   node setup.mjs --tests   the checkers and test runners too
//   node setup.mjs --bench   the programs that the benchmarks compare with, each in an environment of its own
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const windows = process.platform === 'win32';
const isClone = existsSync(join(root, 'package-lock.json'));
// A user's own folder when Catchwater is a package in it.
const home = join(isClone ? root : process.cwd(), '.catchwater');
const pythonHome = join(home, 'python');

// Megabytes to download, as measured on Linux x86_64; elsewhere about the same.
const environments = {
  aws: { what: 'the local AWS', lists: ['local/aws/requirements.txt'], megabytes: 40 },
  glue: {
    what: 'Spark and DuckDB, as in AWS Glue',
    lists: ['glue/requirements.txt'],
    uses: ['glue/build.txt', 'glue/java.txt'],
    megabytes: 425,
  },
  pytest: { what: 'into glue', inside: 'glue', lists: ['test/pytest.txt'], megabytes: 2 },
  checks: { what: 'checkers', lists: ['test/requirements.txt'], megabytes: 76 },
  dlt: { what: 'a peer to measure against', lists: ['bench/peers/dlt.txt'], megabytes: 75 },
  tap: { what: 'a peer to measure against', lists: ['bench/peers/tap.txt'], megabytes: 25 },
};
const sizes = { packages: 295, uv: 17, python: 30, java: 48 };
const modes = {
  tools: [],
  start: ['aws', 'glue'],
  tests: ['aws', 'glue', 'pytest', 'checks'],
  bench: ['dlt', 'tap'],
};

class SetUpError extends Error {}

export async function setUp(mode = 'start') {
  if (pendingTasks(mode).length === 0) return;
  await oneAtATime(async () => {
    const tasks = pendingTasks(mode); // another set-up may have done them while this one waited
    if (tasks.length === 0) return;
    const megabytes = tasks.reduce((sum, task) => sum + task.megabytes, 0);
    const minutes = Math.max(1, Math.ceil((megabytes * 8) / 100 / 60));
    const where = tasks.some((task) => task.run === installPackages) ? 'node_modules and .catchwater' : home;
    say(`Setting up, once: about ${megabytes} MB to download into ${where},`);
    say(`about ${minutes} min at 100 Mbit/s; nothing where it has been downloaded before.`);
    for (const task of tasks) await step(`${task.title} (${task.megabytes} MB)`, task.run);
  });
}

/** What is missing or stale, in the order in which it is to be made. */
function pendingTasks(mode) {
  const tasks = [];
  if (isClone && read(packagesStamp) !== packagesKey()) {
    tasks.push({ title: 'npm packages', megabytes: sizes.packages, run: installPackages });
  }
  const names = modes[mode].filter((name) => !isFresh(name));
  if (names.length === 0) return tasks;
  const { base, bootstrap } = findPython();
  if (!existsSync(uv) || read(uvStamp) !== digest(['local/uv.txt'])) {
    tasks.push({
      title: 'uv, an installer of Python packages',
      megabytes: sizes.uv,
      run: () => installUv(bootstrap),
    });
  }
  let extra = base ? 0 : sizes.python;
  for (const name of names) {
    const java = name === 'glue' ? findJava() : undefined;
    const megabytes = environments[name].megabytes + extra + (java === bundled ? sizes.java : 0);
    const title = `Python environment ${name}: ${environments[name].what}`;
    const options = { java, python: base ?? '3.11' };
    tasks.push({ title, megabytes, run: () => installEnvironment(name, options) });
    extra = 0;
  }
  return tasks;
}

// --- npm packages

const packagesStamp = join(root, 'node_modules', '.catchwater-setup');
const packagesKey = () => digest(['package-lock.json']);

async function installPackages() {
  // Under npm: the node that runs npm, never node_modules/.bin/node, which `npm ci` deletes.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
  const [command, ...first] = npm ? [node, npm] : ['npm'];
  await run(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: windows && !npm,
  });
  writeFileSync(packagesStamp, packagesKey());
}

// --- Python environments

const uvHome = join(pythonHome, 'uv');
const uvStamp = join(uvHome, '.catchwater-setup');
const uv = join(uvHome, windows ? 'Scripts/uv.exe' : 'bin/uv');
const folderOf = (name) => join(pythonHome, environments[name]?.inside ?? name);
const pythonOf = (name) => join(folderOf(name), windows ? 'Scripts/python.exe' : 'bin/python');
const stampOf = (name) => join(folderOf(name), `.catchwater-${name}`);
/** Instead of a path: the Java that a wheel has brought. */
const bundled = 'bundled';

/** A Java or Python that has gone makes an environment stale, and with it what was added to it. */
function isFresh(name) {
  const { inside } = environments[name];
  if (inside && !isFresh(inside)) return false;
  const [key, java] = read(stampOf(name)).split('\n');
  return key === keyOf(name) && existsSync(pythonOf(name)) && (!java || java === bundled || existsSync(java));
}

function keyOf(name) {
  const { lists, uses = [] } = environments[name];
  return digest([...lists, ...uses]);
}

/** `base`: one of Glue's Python versions; `bootstrap`: any that can install uv, which then fetches the right one. */
function findPython() {
  const named = process.env.PYTHON;
  const found = (named ? [named] : ['python3.11', 'python3.12', 'python3', 'python']).flatMap((command) => {
    const print = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';
    const [, minor, path] = /^3 (\d+) (.+)/.exec(quiet(command, ['-c', print]).stdout ?? '') ?? [];
    return path && Number(minor) >= 8 ? [{ minor: Number(minor), path: path.trim() }] : [];
  });
  if (found.length === 0) {
    const what = named
      ? `PYTHON is ${named}, which is no Python 3.8 or newer`
      : 'There is no Python 3.8 or newer here';
    throw new SetUpError(`${what}.\n${installHint('python3 python3-venv', 'python@3.11')}`);
  }
  const base = found.find(({ minor }) => minor === 11 || minor === 12);
  return { base: base?.path, bootstrap: (base ?? found[0]).path };
}

async function installUv(python) {
  rmSync(uvHome, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--require-hashes'];
  const list = ['-r', join(root, 'local/uv.txt')];
  if (quiet(python, ['-m', 'venv', uvHome]).status === 0) {
    await run(pythonOf('uv'), [...install, ...list]);
  } else if (quiet(python, ['-m', 'pip', '--version']).status === 0) {
    rmSync(uvHome, { recursive: true, force: true });
    await run(python, [...install, '--target', uvHome, ...list]);
  } else {
    const hint = installHint('python3-venv', 'python@3.11');
    throw new SetUpError(`${python} has neither venv nor pip.\n${hint}\nor set PYTHON to another Python.`);
  }
  writeFileSync(uvStamp, digest(['local/uv.txt']));
}

async function installEnvironment(name, { java, python }) {
  const { inside, lists } = environments[name];
  const env = indexSettings();
  if (!inside) await makeEnvironment(folderOf(name), python, env);
  const wanted = [...lists, ...(java === bundled ? ['glue/java.txt'] : [])];
  const from = wanted.flatMap((list) => ['-r', join(root, list)]);
  const checked = ['--require-hashes', '--build-constraints', join(root, 'glue/build.txt')];
  await run(uv, ['pip', 'install', '-q', '--python', pythonOf(name), ...checked, ...from], { env });
  writeFileSync(stampOf(name), [keyOf(name), java ?? ''].join('\n'));
}

async function makeEnvironment(folder, python, env) {
  try {
    await run(uv, ['venv', '-q', '--clear', '--no-project', '--python', python, folder], { env });
  } catch (cause) {
    if (existsSync(python)) throw cause;
    const hint = `${installHint('python3.11', 'python@3.11')}\nor set PYTHON to a Python 3.11 or 3.12.`;
    throw new SetUpError(`Python 3.11 could not be fetched: ${cause.message}\n${hint}`);
  }
}

/** uv does not read pip's settings: where a company has its own index or certificates, it shall use them too. */
function indexSettings() {
  const settings = quiet(pythonOf('uv'), ['-m', 'pip', 'config', 'list']).stdout ?? '';
  const of = (name) => new RegExp(String.raw`\.${name}='(.*)'$`, 'm').exec(settings)?.[1];
  const pairs = {
    UV_DEFAULT_INDEX: of('index-url'),
    UV_INDEX: of('extra-index-url'),
    SSL_CERT_FILE: of('cert'),
  };
  return { ...Object.fromEntries(Object.entries(pairs).filter(([, value]) => value)), ...process.env };
}

/** Spark 3.5 runs on Java 17, on nothing newer: the machine's own, as Spark would find it, else one from a wheel. */
function findJava() {
  const { JAVA_HOME, PATH = '' } = process.env;
  const folders = JAVA_HOME ? [join(JAVA_HOME, 'bin')] : PATH.split(delimiter);
  const java = folders
    .map((folder) => join(folder, windows ? 'java.exe' : 'java'))
    .find((path) => existsSync(path));
  if (java && /version "17[."]/.test(quiet(java, ['-version']).stderr ?? '')) return java;
  if (process.platform === 'linux' && process.arch !== 'x64') {
    const hint = installHint('openjdk-17-jre-headless', 'openjdk@17');
    throw new SetUpError(
      `Spark needs Java 17; ${java ? `${java} is another one` : 'there is none here'}.\n${hint}\nor set JAVA_HOME.`,
    );
  }
  return bundled;
}

const installHint = (debian, brew) =>
  `Debian, Ubuntu: apt-get install ${debian} · macOS: brew install ${brew}`;

// --- the machine

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function digest(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of files) hash.update(read(join(root, file)));
  return hash.digest('hex');
}

function quiet(command, args) {
  return spawnSync(command, args, { encoding: 'utf8' });
}

async function run(command, args, { shell = false, cwd = root, env = process.env } = {}) {
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise((ended, failed) => child.once('error', failed).once('close', ended));
  if (code === 0) return;
  throw new SetUpError(`${[command, ...args].join(' ')}\n${output.trim().split('\n').slice(-25).join('\n')}`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** One line: what, and how long it took; on a terminal the seconds run. */
async function step(title, work) {
  const began = Date.now();
  const line = () => `  ${title} … ${((Date.now() - began) / 1000).toFixed(0)} s`;
  const ticking = process.stderr.isTTY
    ? setInterval(() => process.stderr.write(`\r${line()}`), 250)
    : undefined;
  try {
    await work();
    process.stderr.write(`${ticking ? '\r' : ''}${line()}\n`);
  } catch (cause) {
    process.stderr.write(`${ticking ? '\r' : ''}  ${title} failed\n`);
    throw cause;
  } finally {
    clearInterval(ticking);
  }
}

/** A second set-up waits for the first; the lock of a process that has gone does not count. */
async function oneAtATime(work) {
  mkdirSync(home, { recursive: true });
  const lock = join(home, 'setup.lock');
  for (let waited = false; !claim(lock); waited = true) {
    if (!waited) say(`Waiting for another set-up, process ${read(lock)}; if there is none, delete ${lock}`);
    await wait(250);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function claim(lock) {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = read(lock);
  if (holder && !isAlive(Number(holder))) rmSync(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const mode = { '--tools': 'tools', '--tests': 'tests', '--bench': 'bench' }[process.argv[2]] ?? 'start';
  process.exitCode = await setUp(mode).then(() => 0, explain);
}

export function explain(error) {
  if (!(error instanceof SetUpError)) throw error;
  say(`\nSet-up failed. ${error.message}`);
  return 1;
}
