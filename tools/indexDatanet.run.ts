import { acceptedOf } from '../datanets/index.ts'
import { getVersion, listDecisions, listSamples } from '../store/index.ts'
import type { indexDatanet } from './indexDatanet.ts'
import type { Run } from './runTool.ts'
import { rootsOnChain } from './verbatim/rootsOnChain.ts'
import { syncDatanet } from './verbatim/syncDatanet.ts'

export const run: Run<typeof indexDatanet> = async ({ datanet }, ctx) => {
  const { store } = ctx
  const version = await getVersion(store, { datanet })
  const decisions = await listDecisions(store, { datanet, curation: version.curation })
  const judged = new Set(decisions.map(({ sample }) => sample))
  // What was contributed since is of no version yet, and what was erased has no text any more.
  const samples = (await listSamples(store, { datanet })).filter(({ id }) => judged.has(id))
  const synced = await syncDatanet(ctx, { datanet, samples: acceptedOf(samples, decisions) })
  const named = await rootsOnChain(ctx, version)
  const indexes = synced.map((index) => ({ ...index, onChain: named.has(index.root) }))
  return { datanet, version: version.number, indexes }
}
