#!/usr/bin/env node
// Runs a command with a Postgres of its own: node scripts/withPostgres.mjs -- npx vitest run store
// A throw-away cluster on a free port of 127.0.0.1, ended and removed afterwards; the command finds its address in
// TRIBUTARY_TEST_DATABASE_URL. Installs nothing: says what is missing and exits 69 (EX_UNAVAILABLE).
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { findPostgres, unprivilegedUser } from './findPostgres.mjs'

const command = process.argv.slice(process.argv[2] === '--' ? 3 : 2)
if (command.length === 0) fail(64, 'Usage: node scripts/withPostgres.mjs -- <command> [arguments]')

const bin =
  findPostgres() ??
  fail(
    69,
    'Postgres is not installed: no initdb, postgres and pg_isready in /usr/lib/postgresql/*/bin or on the PATH.\nTry: apt-get install --no-install-recommends postgresql',
  )

const user = unprivilegedUser()
if (user === undefined && process.getuid?.() === 0)
  fail(69, 'Running as root, and there is neither a user postgres nor nobody to run Postgres as.')
const dir = mkdtempSync(join(tmpdir(), 'tributary-postgres-'))
chmodSync(dir, 0o700)
if (user) chownSync(dir, user.uid, user.gid)
const data = join(dir, 'data')
const as = user ? { uid: user.uid, gid: user.gid, cwd: dir } : { cwd: dir }

/** @type {import('node:child_process').ChildProcess | undefined} */
let server
/** @type {import('node:child_process').ChildProcess | undefined} */
let running
let stopping = false
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // The command gets the same signal; its end ends us.
  process.on(signal, () => running?.kill(signal))
}

process.exitCode = await main()

async function main() {
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'tributary', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...as,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  if (made.status !== 0) fail(70, `initdb failed:\n${made.stderr || made.error}`)
  const port = await freePort()
  await start(port)
  const url = `postgres://tributary@127.0.0.1:${port}/postgres`
  const code = await run({ ...process.env, TRIBUTARY_TEST_DATABASE_URL: url })
  await stop()
  return code
}

/** @param {number} port */
async function start(port) {
  // The shell ends the server when our end of its standard input closes: also when we are killed by SIGKILL.
  const guard = '"$@" >>"$0" 2>&1 </dev/null & server=$!; cat >/dev/null; kill -QUIT $server; wait $server'
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dir,
    fsync: 'off',
    max_connections: 200,
  }
  const log = join(dir, 'log')
  server = spawn(
    'sh',
    [
      '-c',
      guard,
      log,
      join(bin, 'postgres'),
      '-D',
      data,
      ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    { ...as, stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  )
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 100) {
    const ready = spawnSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)])
    if (ready.status === 0) return
    await new Promise((done) => setTimeout(done, 100))
  }
  const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : ''
  await stop()
  fail(70, `Postgres did not come up within 30 s:\n${said}`)
}

async function stop() {
  if (stopping) return
  stopping = true
  await new Promise((done) => {
    server?.once('exit', done)
    server?.stdin?.end()
  })
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(env) {
  const [program = '', ...args] = command
  return new Promise((done) => {
    running = spawn(program, args, { stdio: 'inherit', env })
    running.once('error', (error) => {
      console.error(`${program} cannot be started: ${error.message}`)
      done(127)
    })
    running.once('exit', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done, refuse) => {
    const probe = createServer()
    probe.once('error', refuse)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => done(port))
    })
  })
}

/**
 * @param {number} code
 * @param {string} message
 * @returns {never}
 */
function fail(code, message) {
  console.error(message)
  process.exit(code)
}
