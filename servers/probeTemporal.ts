import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'

/** Closed workflows stay this long on our dev server: an audit replays them. */
export const retentionDays = 3_650

type Probe = { address: string; namespace: string; patienceMs: number; setRetention?: number }

/** Asks once whether the namespace is served, and sets its retention where asked to. Rejects when it is not. */
export async function probeTemporal({ address, namespace, patienceMs, setRetention }: Probe): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: patienceMs })
  try {
    await connection.withDeadline(Date.now() + patienceMs, async () => {
      await connection.workflowService.describeNamespace({ namespace })
      if (setRetention === undefined) return
      const workflowExecutionRetentionTtl = msToTs(`${setRetention} days`)
      await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } })
    })
  } finally {
    await connection.close()
  }
}
