import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

const program = fileURLToPath(new URL('../../test/system/harness/killAgentsMain.ts', import.meta.url))

type Home = { output: object; state: { events: Record<string, number> } & Record<string, unknown> }
type Ended = { calm: Home; killed: Home; moments: string[] }

/**
 * Buyer, treasurer, auditor and trainer with a real engine, store and chain, whose whole home is killed before and after each call that
 * they and the workflows under them make, until no boundary is left. The home that is left is compared with that of an undisturbed run.
 * Cost on two cores: about 10 minutes.
 */
export async function run({ say }: TableOptions): Promise<Row[]> {
  const began = performance.now()
  const child = spawn(process.execPath, [program, 'every'], { stdio: ['ignore', 'pipe', 'pipe'] })
  createInterface({ input: child.stderr }).on('line', say)
  const { calm, killed, moments } = JSON.parse(await text(child.stdout)) as Ended
  const names = Object.keys(calm.state)
  const different = names.filter((name) => !isDeepStrictEqual(calm.state[name], killed.state[name]))
  for (const name of different) say(`${name} differs: ${JSON.stringify([calm.state[name], killed.state[name]])}`)
  const effects = moments.filter((moment) => moment.startsWith('after ')).length
  const events = Object.values(killed.state.events).reduce((sum, count) => sum + count, 0)
  const none = (figure: string, value: number, unit: string): Row => ({ figure, value, unit, goal: '0', met: value === 0 }) // prettier-ignore
  return [
    { figure: 'kills', value: moments.length, unit: 'SIGKILL of the home, before and after each call' },
    { figure: 'kills when it has happened and nobody knows', value: effects, unit: 'SIGKILL' },
    none('parts of the home that differ', different.length, `of ${names.length}: ${names.join(', ')}`),
    none('results that differ', isDeepStrictEqual(calm.output, killed.output) ? 0 : 1, 'of the recipe of four agents'),
    { figure: 'events on chain', value: events, unit: 'of both homes alike' },
    { figure: 'duration', value: (performance.now() - began) / 60_000, unit: 'minutes' },
  ]
}
