import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { processStart } from '../../provision/index.ts'

const watch = new URL('endWithParent.mjs', import.meta.url).href
const child = `process.stdout.write(String(process.pid)); setInterval(() => {}, 1000)`

/** Starts `node` under a process like npm, with and without npm's shell between, and kills that process. */
async function childOfKilled(shell: boolean): Promise<number> {
  const npm = `
    const { spawn } = require('node:child_process')
    const [node, watch, child] = process.argv.slice(1)
    if (${shell}) spawn('sh', ['-c', '"$0" --import "$1" -e "$2"; exit $?', node, watch, child], { stdio: 'inherit' })
    else spawn(node, ['--import', watch, '-e', child], { stdio: 'inherit' })
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['-e', npm, process.execPath, watch, child], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(parent.stdout, 'data')) as [Buffer]
  await sleep(500)
  const pid = Number(said.toString())
  expect(processStart(pid)).toBeDefined()
  parent.kill('SIGKILL')
  return pid
}

test('a process ends within a second after SIGKILL of what started it, directly or through a shell', async () => {
  for (const shell of [false, true]) {
    const pid = await childOfKilled(shell)
    for (let waitedMs = 0; waitedMs < 1_000 && processStart(pid) !== undefined; waitedMs += 50) await sleep(50)
    expect(processStart(pid), shell ? 'through a shell' : 'directly').toBeUndefined()
  }
})
