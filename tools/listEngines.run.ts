import { readAdoptions } from '../chain/index.ts'
import type { Digest } from '../kernel/index.ts'
import type { listEngines } from './listEngines.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listEngines> = async (_, { chain, governed }) => {
  const adopted = await readAdoptions(chain, 'engine')
  const current = adopted.at(-1)?.digest
  const times = new Map(adopted.map(({ digest, adoptedAt }) => [digest, adoptedAt]))
  const digests = [...new Set<Digest>([...times.keys(), ...governed.board.keys()])]
  return {
    engines: digests.map((engine) => {
      const found = governed.board.get(engine)
      return {
        engine,
        current: engine === current,
        adoptedAt: times.get(engine) ?? null,
        onBoard: found !== undefined,
        document: found?.document ?? null,
      }
    }),
  }
}
