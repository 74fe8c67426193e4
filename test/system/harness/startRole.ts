import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { checkout } from './tinyHome.ts'

export type RoleProcess = {
  /** Of a gateway, with /v1 left out. */
  url: string
  signal: (name: NodeJS.Signals) => void
  /** SIGKILL, and wait until it is gone. */
  kill: () => Promise<void>
}

const running = new Set<RoleProcess>()

/** `tributary start --role …` as a process of its own, once it is up. Throws what it said when it ends before. */
export async function startRole(role: 'gateway' | 'engine', env: Record<string, string>): Promise<RoleProcess> {
  const child = spawn(process.execPath, [join(checkout, 'cli', 'main.ts'), 'start', '--role', role], {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const ended = once(child, 'close')
  const up = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const line = /is up(?: at (\S+)\/v1)?\./.exec(said)
      if (line) resolve(line[1] ?? '')
    })
    void ended.then(() => reject(new Error(`${role} ended:\n${said}`)))
  })
  const started: RoleProcess = {
    url: await up,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL')
      await ended
      running.delete(started)
    },
  }
  running.add(started)
  return started
}

/** For afterAll: whatever still runs. */
export async function endRoles(): Promise<void> {
  await Promise.all([...running].map((one) => one.kill()))
}
