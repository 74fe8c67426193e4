import { versionOfPackage } from '../describeMachine.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { measureParts } from './engine/measureParts.ts'
import { checkpointerPart } from './graph/checkpointerPart.ts'
import { overheadPart } from './graph/overheadPart.ts'
import { sandboxPart } from './graph/sandboxPart.ts'
import { stepPart } from './graph/stepPart.ts'

const measures = { overhead: overheadPart, sandbox: sandboxPart, step: stepPart, checkpointers: checkpointerPart }

export const parts = Object.keys(measures)

/**
 * What LangGraph on Temporal costs: over a plain workflow, in the sandbox, and where the time of a step goes on the dev
 * server. Medians; run it on an idle machine: each part notes the load that it met. Cost: 4 minutes.
 * LangGraph's Postgres checkpointer is measured where TRIBUTARY_TEST_DATABASE_URL names a Postgres (scripts/withPostgres.mjs).
 */
export async function run({ say, only }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const packages = ['@temporalio/worker', '@langchain/langgraph', '@langchain/core']
  const versions = Object.fromEntries(packages.map((name) => [name, versionOfPackage(name)]))
  const noteVersions = (found: Record<string, string>): unknown => Object.assign(versions, found)
  const rows = await measureParts(measures, { say, ...(only ? { only } : {}) }, { say, noteVersions })
  return { rows, versions }
}
