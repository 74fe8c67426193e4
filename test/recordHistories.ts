/**
 * Records the histories that test/system/replay.test.ts replays: one of each workflow, from a small tour on this machine.
 * Run it by `node test/recordHistories.ts` when a workflow is changed on purpose, and say in changes/ why a running
 * workflow of before may not go on under the new code.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canonicalText } from '../kernel/index.ts'
import { openHere } from './system/harness/openHere.ts'
import { startProcess } from './system/harness/startProcess.ts'
import { tinyHome } from './system/harness/tinyHome.ts'

const home = await tinyHome()
try {
  const { tour, answers, adapter, settlement } = await startProcess(home).summary()
  const workflows = {
    tour,
    curator: `${tour}/curate`,
    fineTune: `${tour}/train`,
    buyer: `${tour}/buy`,
    settle: `settle/${settlement.epoch}`,
    attribute: `attribute/${answers[0]?.receipt}`,
    unroll: `unroll/${settlement.epoch}/${adapter.digest}`,
  }
  const { ctx, close } = await openHere(home)
  try {
    for (const [name, workflowId] of Object.entries(workflows)) {
      const history = withoutWorkers(await ctx.workflows.history(workflowId))
      const file = fileURLToPath(new URL(`fixtures/histories/${name}.json`, import.meta.url))
      writeFileSync(file, `${canonicalText({ workflowId, history })}\n`)
    }
  } finally {
    await close()
  }
} finally {
  home.remove()
}

/** Which process and machine did a step is nobody's business, and no part of a replay. */
function withoutWorkers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWorkers)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => name !== 'identity')
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutWorkers(inner)]))
}
