import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../../provision/withLock.mjs'
import { fail } from './fail.mjs'
import { lockDifferences, optionalAbsentees, skippedFile } from './lockState.mjs'
import { say, sayWhile } from './say.mjs'

/**
 * Makes node_modules what the lock file says, with `npm ci`, where it is not so already (0.1 s to see that it is).
 * One set-up at a time: a second one waits for the first and then finds nothing to do.
 * @param {string} root
 */
export async function ensureModules(root) {
  if (lockDifferences(root).length === 0) return
  await withLock(join(root, '.tributary', 'setup.lock'), { say, work: () => install(root) })
}

/** @param {string} root */
async function install(root) {
  const differences = lockDifferences(root)
  if (differences.length === 0) return
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : ''
  const done = sayWhile(`installing packages, since ${differences[0]}${more}`)
  // A quiet npm says nothing until its end; its errors come through. onnxruntime's script would fetch CUDA files.
  const status = await npm(
    ['ci', '--include=optional', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'],
    {
      cwd: root,
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    },
  )
  const seconds = done()
  if (status !== 0) {
    fail({
      code: 'setup/install',
      message: 'npm could not install the packages of package-lock.json.',
      facts: { exitCode: status },
      tryThis:
        'read what npm said above; check the network and the registry (npm ping); then run the same command again',
    })
  }
  writeFileSync(skippedFile(root), JSON.stringify(optionalAbsentees(root)))
  const left = lockDifferences(root)
  if (left.length > 0) {
    fail({
      code: 'setup/install',
      message: 'npm installed something else than package-lock.json says.',
      facts: { first: left[0] ?? '', differences: left.length },
      tryThis: 'remove node_modules and run the same command again',
    })
  }
  say(`packages installed in ${seconds} s`)
}

/**
 * The npm that called us, so that no other one answers; from the PATH where none did.
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
function npm(args, options) {
  const caller = process.env['npm_execpath']
  const isNpm = caller !== undefined && /npm-cli\.[cm]?js$/.test(caller)
  const [command, first] = isNpm ? [process.execPath, [caller]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], {
      ...options,
      stdio: ['ignore', 2, 2],
      shell: !isNpm && process.platform === 'win32',
    })
    child.once('error', (error) => {
      say(error.message)
      resolve(127)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
