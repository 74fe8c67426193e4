import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import { verifyLine } from '../../../chain/index.ts'
import { findError, type Address, type Digest } from '../../../kernel/index.ts'
import {
  approvalSubject,
  listApprovalRules,
  listApprovals,
  listTrace,
  openStore,
  setApprovalRule,
  type Approval,
  type ApprovalRule,
  type Store,
} from '../../../store/index.ts'
import { approvalSigner } from '../../../tools/approving/approvalSigner.ts'
import { forgetRules } from '../../../tools/approving/ruleFor.ts'
import { boundTools } from '../../../tools/boundTools.ts'
import { runTool, toolActivities, type CallContext } from '../../../tools/index.ts'
import { runOf } from '../../../workflows/graph/testing/runOf.ts'
import { temporalServer } from '../../../workflows/graph/testing/temporalServer.ts'
import { testBlobs } from '../../../workflows/graph/testing/testBlobs.ts'
import { testBundle } from '../../../workflows/graph/testing/testBundle.ts'
import { createWorker, lineageOf } from '../../../workflows/graph/worker/index.ts'
import { contextOf } from './contextOf.ts'
import { toolBox } from './toolBox.ts'

export type ApprovalScene = Awaited<ReturnType<typeof openApprovalScene>>

let runs = 0
const noLimits = { underWei: null, budgetWei: null, expiresSeconds: null }

/** The code that a call fails with; 'done' where it does not. */
export const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'done',
    (failure: unknown) => findError(failure)?.code,
  )

/** A real Temporal server, a worker with the tools of toolBox over a store in memory, and an operator. */
export async function openApprovalScene() {
  const folder = await mkdtemp(join(tmpdir(), 'approvals-'))
  const bundle = await testBundle(fileURLToPath(new URL('workflows.ts', import.meta.url)))
  const env = await temporalServer()
  const store = await openStore({ dir: 'memory://' })
  const ctx = contextOf({ store, client: env.client, taskQueue: 'approvals', bundle })
  const tools = toolActivities(toolBox, ctx, { progress: () => undefined, lineage: lineageOf })
  const connection = env.nativeConnection
  const worker = await createWorker({ graphs: bundle, tools, blobs: testBlobs, connection, taskQueue: 'approvals' })
  const running = worker.run()
  const signer = approvalSigner(ctx)

  return {
    folder,
    bundle,
    env,
    store,
    ctx,
    /** A run of a graph; `paid` counts the payments that came to their end. */
    async start<State>(graph: string, input: object, taskQueue = 'approvals') {
      const id = `${graph}-${++runs}`
      const file = join(folder, id)
      await env.client.workflow.start(graph, { taskQueue, workflowId: id, args: [{ file, ...input }] })
      const paid = async () =>
        (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => /^end .*(buy|act)/.test(line))
          .length
      return { id, file, handle: await runOf<State>(env.client, id), paid }
    },
    /** The operator calls a tool over HTTP, unless said otherwise. */
    say(name: string, input: object, call: Partial<CallContext> = {}, context = ctx) {
      const tool = boundTools.find(({ definition }) => definition.name === name)!
      return runTool(tool, input, { ...context, call: { face: 'http', effectKey: `${name} ${++runs}`, ...call } })
    },
    /** The action of a workflow that waits. */
    waiting: (id: string, from: Store = store): Promise<Approval> =>
      vi.waitFor(
        async () => {
          const rows = await listApprovals(from, { state: 'waiting', count: 10 })
          const row = rows.find(({ workflow }) => workflow === id)
          expect(row).toBeDefined()
          return row as Approval
        },
        { timeout: 20_000, interval: 50 },
      ),
    async rule(given: Partial<ApprovalRule> & Pick<ApprovalRule, 'mode'>): Promise<void> {
      const rule = { tool: '*', agent: '', ...noLimits, atMs: Date.now(), ...given }
      await setApprovalRule(store, { rule, signer })
      forgetRules(store)
    },
    async noRules(): Promise<void> {
      for (const { tool, agent } of await listApprovalRules(store, {})) {
        await setApprovalRule(store, { rule: { tool, agent, mode: null, ...noLimits, atMs: Date.now() }, signer })
      }
      forgetRules(store)
    },
    /** The signed lines about one action, each checked. */
    async linesOf(digest: Digest): Promise<{ kind: string; by: unknown }[]> {
      const operator = ctx.keys.operator.address as Address
      const all = await listTrace(store, { subject: approvalSubject(operator) })
      const lines = all.filter(({ key }) => key.startsWith(digest))
      for (const { digest: line, signature } of lines) {
        expect(await verifyLine(line, { chainId: 31_337, signature: signature!, signer: operator })).toBe(true)
      }
      return lines.map(({ kind, body }) => ({ kind, by: (JSON.parse(body) as { by: unknown }).by }))
    },
    async close(): Promise<void> {
      worker.shutdown()
      await running
      await store.close()
      await env.teardown()
    },
  }
}
