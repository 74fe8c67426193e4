import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isNewEnough, runOnNode24 } from './node24.mjs'

/**
 * Goes on as `cli/main.ts`: in this process where its Node runs TypeScript (npm puts Node 24 first on the PATH),
 * else in a child whose exit code is ours.
 * @param {string} root
 * @param {string[]} args
 */
export async function runCli(root, args) {
  const main = join(root, 'cli', 'main.ts')
  if (isNewEnough()) {
    if (process.env['npm_lifecycle_event'] !== undefined) await import('./endWithParent.mjs')
    process.argv = [process.execPath, main, ...args]
    await import(pathToFileURL(main).href)
  } else {
    const watch = new URL('endWithParent.mjs', import.meta.url).href
    process.exitCode = await runOnNode24(root, ['--import', watch, main, ...args])
  }
}
