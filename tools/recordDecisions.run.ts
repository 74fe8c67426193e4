import { digestOf } from '../kernel/index.ts'
import { recordDecisions as record } from '../store/index.ts'
import type { recordDecisions } from './recordDecisions.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof recordDecisions> = async ({ datanet, curation, decisions }, { store, now }) => {
  await record(store, { datanet, curation, decisions, atMs: now() })
  return { recorded: decisions.length, decisions: digestOf(decisions) }
}
