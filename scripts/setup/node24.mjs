import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './fail.mjs'

/** The oldest Node that runs TypeScript as it is. */
const oldest = [22, 18]

/**
 * Node 24 from its platform package, else this Node when it is new enough, else a coded message.
 * @param {string} root
 */
export function node24(root) {
  const packaged = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(packaged)) return realpathSync(packaged)
  if (isNewEnough()) return process.execPath
  return fail({
    code: 'setup/node-too-old',
    message: `Node ${process.versions.node} can't run TypeScript, and there is no Node 24 package for this machine.`,
    facts: { platform: `${process.platform}-${process.arch}`, neededAtLeast: oldest.join('.') },
    tryThis: 'install Node 24 (https://nodejs.org) and run the same command again',
  })
}

/** Whether the running Node is the one to go on with, so that no second process is needed. */
export function isNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > (oldest[0] ?? 0) || (major === oldest[0] && minor >= (oldest[1] ?? 0))
}

/**
 * Runs a program of ours on Node 24 and ends as it ends. Signals pass on; Ctrl-C reaches the whole group anyway.
 * @param {string} root
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} the exit code
 */
export function runOnNode24(root, args, env = process.env) {
  const PATH = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${env['PATH'] ?? ''}`
  const child = spawn(node24(root), args, { stdio: 'inherit', env: { ...env, PATH } })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // In a terminal the child gets SIGINT from the terminal itself: a second one would mean "now, at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
