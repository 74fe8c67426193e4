import { median } from '../engine/median.ts'
import type { Row } from '../../renderTable.ts'
import type { GraphContext } from './GraphContext.ts'
import { openBench, serverSettings } from './openBench.ts'

const steps = 40

/** Where the time of a serial step goes: the same graph on a dev server as it comes, then with each thing that we change. */
export async function stepPart({ say }: GraphContext): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, settings] of Object.entries(serverSettings)) {
    const bench = await openBench(settings)
    try {
      const took = { counter: [] as number[], plainCounter: [] as number[] }
      for (let round = -1; round < 5; round++) {
        say(`server ${name}, round ${round + 1} of 5`)
        for (const workflow of ['counter', 'plainCounter'] as const) {
          const ms = await bench.timed(workflow, { steps })
          if (round >= 0) took[workflow].push(ms / steps)
        }
      }
      const [value, peerValue] = [median(took.counter), median(took.plainCounter)]
      const peer = 'plain Temporal workflow'
      rows.push({ figure: `serial step, server ${name}`, value, unit: 'ms', peer, peerValue, ratio: value / peerValue })
      if (settings !== serverSettings['and activities handed out at once (ours)']) continue
      const local: number[] = []
      const plainLocal: number[] = []
      for (let round = -1; round < 5; round++) {
        const [ofGraph, ofPlain] = [
          await bench.timed('localCounter', { steps }),
          await bench.timed('plainLocalCounter', { steps }),
        ]
        if (round < 0) continue
        local.push(ofGraph / steps)
        plainLocal.push(ofPlain / steps)
      }
      rows.push({
        figure: 'serial step, local activity',
        value: median(local),
        unit: 'ms',
        peer,
        peerValue: median(plainLocal),
        ratio: median(local) / median(plainLocal),
      })
    } finally {
      await bench.close()
    }
  }
  return rows
}
