import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { stateOfHome } from './stateOfHome.ts'
import { tinyHome, type TinyHome } from './tinyHome.ts'

type Agent = Record<string, unknown>
/** How a run of the four agents ended, with the home that it left. Of receipts, transactions and latencies only that they are there. */
export type AgentsEnded = {
  output: { buyer: Agent; treasurer: Agent & { report: Agent }; auditor: Agent; trainer: Agent }
  state: Awaited<ReturnType<typeof stateOfHome>>
}

const program = fileURLToPath(new URL('agentsAtHome.ts', import.meta.url))

/**
 * Two homes that are one to the byte, with a model on sale. In one the agents run undisturbed; in the other the process of the home is
 * killed at each of these moments ("every": before and after each call), and started again after each. `moments`: of the kills, in their order.
 */
export async function killAgents(
  kills: readonly string[],
  say: (line: string) => void = () => {},
): Promise<{ calm: AgentsEnded; killed: AgentsEnded; moments: string[] }> {
  const home = await tinyHome()
  const other: TinyHome = { ...home, dir: join(dirname(home.dir), 'other') }
  try {
    await runIn(home, ['prepare'], say)
    cpSync(home.dir, other.dir, { recursive: true })
    const calm = await runIn(other, [], say)
    const cut = await runIn(home, kills, say)
    const moments = cut.filter((line) => line.startsWith('killed ')).map((line) => line.slice('killed '.length))
    return { calm: endOf(calm), killed: endOf(cut), moments }
  } finally {
    home.remove()
  }
}

/** Starts the process again and again until it ends by itself, and gives back what it noted. */
async function runIn(home: TinyHome, moments: readonly string[], say: (line: string) => void): Promise<string[]> {
  const journal = `${home.dir}.txt`
  writeFileSync(journal, '')
  const lines = () => readFileSync(journal, 'utf8').split('\n').filter(Boolean)
  const env = { ...process.env, ...home.env }
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe']
  for (;;) {
    const child = spawn(process.execPath, [program, home.dir, moments.join(','), journal], { env, stdio })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    if (code === 0) return lines()
    if (signal !== 'SIGKILL') throw new Error(`the home ended with ${code ?? signal}:\n${said}`)
    say(lines().at(-1) ?? '')
  }
}

function endOf(lines: readonly string[]): AgentsEnded {
  const line = lines.findLast((one) => one.startsWith('ended ')) ?? ''
  const fresh = /"(receipt|transaction|latencyMs)":("0x[0-9a-f]{64}"|\d+)/g
  return JSON.parse(line.slice('ended '.length).replaceAll(fresh, '"$1":"…"')) as AgentsEnded
}
