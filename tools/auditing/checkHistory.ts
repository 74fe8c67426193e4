import { TributaryError } from '../../kernel/index.ts'
import { historyOf } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

/** The decision trace: the archived history has its digest, and the workflow code of today takes the same decisions. */
export const checkHistory: AuditCheck = {
  name: 'Temporal history',
  judges: 'the Temporal history',
  duty: 'the operator, who archived it',
  async run({ store, blobs, workflows }, { id }) {
    const workflow = `attribute/${id}`
    let stored: Awaited<ReturnType<typeof historyOf>>
    try {
      stored = await historyOf(store, { workflow })
    } catch (failure) {
      if (failure instanceof TributaryError && failure.code === 'store/not-found')
        return 'not archived before its epoch closes'
      throw failure
    }
    let bytes: Uint8Array
    try {
      bytes = await blobs.get(stored.blob)
    } catch (cause) {
      throw differs('the Temporal history', { workflow, reason: cause instanceof Error ? cause.message : '' })
    }
    const difference = await workflows.replay(workflow, JSON.parse(new TextDecoder().decode(bytes)))
    if (difference) throw differs('the Temporal history', { workflow, ...difference })
    return `${stored.events} events replayed without a difference`
  },
}
