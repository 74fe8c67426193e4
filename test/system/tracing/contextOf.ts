import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { loadOrCreateKeys } from '../../../chain/index.ts'
import { createLogger } from '../../../logging/index.ts'
import type { Store } from '../../../store/index.ts'
import type { ToolContext } from '../../../tools/index.ts'
import { workflowPort } from '../../../workflows/client/workflowPort.ts'

/** As much of a context as the tools of toolBox and those about approvals use. */
export function contextOf({
  store,
  client,
  taskQueue,
  bundle,
}: {
  store: Store
  client: Client
  taskQueue: string
  bundle: { codePath: string }
}): ToolContext {
  const folder = join(tmpdir(), `tracing-${process.pid}`)
  return {
    store,
    keys: loadOrCreateKeys(folder),
    chain: { chainId: 31_337 },
    workflows: workflowPort({ client, taskQueue, bundle, address: { server: 'a test', ui: undefined } }),
    log: createLogger({ file: join(folder, 'log') }),
    now: Date.now,
    call: { face: 'test' },
  } as unknown as ToolContext
}
