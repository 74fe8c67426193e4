import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import type { Row } from '../../renderTable.ts'
import type { GraphContext } from './GraphContext.ts'
import { openBench } from './openBench.ts'

const peer = 'plain Temporal workflow'

/**
 * A durable graph against a plain Temporal workflow with the same activities, on the dev server as we start it: one after
 * another, and 32 at once. Rounds alternate; medians.
 */
export async function overheadPart({ say }: GraphContext): Promise<Row[]> {
  const bench = await openBench()
  try {
    const [serial, plainSerial] = await both(bench, { steps: 60, rounds: 11, say })
    const [crowd, plainCrowd] = await both(bench, { steps: 20, workflows: 32, rounds: 7, say })
    const perStep = (ms: number) => ms / 60
    const perSecond = (ms: number) => (32 * 20) / (ms / 1_000)
    return [
      judged(
        {
          figure: 'graph over plain serial',
          value: perStep(serial),
          unit: 'ms a step',
          peer,
          peerValue: perStep(plainSerial),
        },
        { of: 'ratio', most: 1.1 },
      ),
      judged(
        {
          figure: 'graph over plain 32 concurrent',
          value: crowd,
          unit: 'ms for 640 steps',
          peer,
          peerValue: plainCrowd,
        },
        { of: 'ratio', most: 1.3 },
      ),
      {
        figure: 'steps a second, 32 graphs at once',
        value: perSecond(crowd),
        unit: 'steps/s',
        peer,
        peerValue: perSecond(plainCrowd),
      },
    ]
  } finally {
    await bench.close()
  }
}

type Rounds = { steps: number; workflows?: number; rounds: number; say: GraphContext['say'] }

async function both(bench: Awaited<ReturnType<typeof openBench>>, { rounds, say, ...size }: Rounds) {
  const [graph, plain]: [number[], number[]] = [[], []]
  for (let round = -1; round < rounds; round++) {
    say(`${size.workflows ?? 1} at once, round ${round + 1} of ${rounds}`)
    const [ofGraph, ofPlain] = [await bench.timed('counter', size), await bench.timed('plainCounter', size)]
    // The first round warms both up.
    if (round < 0) continue
    graph.push(ofGraph)
    plain.push(ofPlain)
  }
  return [median(graph), median(plain)] as const
}
