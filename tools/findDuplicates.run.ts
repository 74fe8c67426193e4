import { judgeDuplicates } from '../datanets/index.ts'
import { digestOf } from '../kernel/index.ts'
import { listDecisions, listSamples, recordDecisions } from '../store/index.ts'
import type { findDuplicates } from './findDuplicates.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof findDuplicates> = async (
  { datanet, curation, except, reviewed = [] },
  { store, call, now },
) => {
  const samples = await listSamples(store, { datanet })
  // A sample that was rejected for something else takes part in nothing, so a mended one can be contributed again. What has a
  // cluster was rejected here, by an attempt that was cut before it could say so: it is judged again, to the same end.
  const out = new Set([
    ...except,
    ...(await listDecisions(store, { datanet, curation }))
      .filter(({ verdict, cluster }) => verdict === 'reject' && cluster === undefined)
      .map(({ sample }) => sample),
  ])
  const left = samples.filter(({ id }) => !out.has(id))
  call.heartbeat?.({ step: 'duplicates', done: 0, of: left.length })
  const said = new Map(reviewed.filter(({ verdict }) => verdict === 'accept').map((one) => [one.sample, one]))
  const decisions = judgeDuplicates(left).map((one) => (one.verdict === 'accept' && said.get(one.sample)) || one)
  await recordDecisions(store, { datanet, curation, decisions, atMs: now() })
  const duplicates = decisions.filter(({ verdict }) => verdict === 'reject')
  const byRule: Record<string, number> = {}
  for (const { rule } of duplicates) byRule[rule] = (byRule[rule] ?? 0) + 1
  call.heartbeat?.({ step: 'duplicates', done: left.length, of: left.length })
  return {
    checked: left.length,
    duplicates: duplicates.length,
    clusters: new Set(duplicates.map(({ cluster }) => cluster)).size,
    byRule,
    decisions: digestOf(decisions),
  }
}
