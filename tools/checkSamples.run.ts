import { doubtAbout, judgeSamples } from '../datanets/index.ts'
import { digestOf, type Decision } from '../kernel/index.ts'
import { listSamples, recordDecisions } from '../store/index.ts'
import type { checkSamples } from './checkSamples.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof checkSamples> = async ({ datanet, curation, from, count }, { store, call, now }) => {
  const samples = await listSamples(store, { datanet, from, limit: count })
  call.heartbeat?.({ step: 'samples judged', done: from, of: from + count })
  const decisions = await judgeSamples(samples)
  // What no rule objects to is decided by find_duplicates, once all samples have been judged.
  const rejected = decisions.filter(({ verdict }) => verdict === 'reject')
  const doubtful = samples.flatMap((sample, i) => {
    const doubt = decisions[i]!.verdict === 'accept' ? doubtAbout(sample) : undefined
    return doubt === undefined ? [] : [{ sample: sample.id, ...doubt }]
  })
  await recordDecisions(store, { datanet, curation, decisions: rejected, atMs: now() })
  call.heartbeat?.({ step: 'samples judged', done: from + samples.length, of: from + count })
  return {
    checked: samples.length,
    rejected: rejected.length,
    byRule: countByRule(rejected),
    uncertain: doubtful,
    decisions: digestOf(decisions),
  }
}

function countByRule(decisions: readonly Decision[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { rule } of decisions) counts[rule] = (counts[rule] ?? 0) + 1
  return counts
}
