import { rootStatus } from '../chain/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { getEpoch, replaceStatement } from '../store/index.ts'
import type { correctEpoch } from './correctEpoch.ts'
import type { Run } from './runTool.ts'
import { statementRecord } from './settlement/computeStatement.ts'

/**
 * The money has left the escrow already, so a correction divides the same sums otherwise: totals that differ are for governance.
 * A rejected root is never proposed again.
 */
export const run: Run<typeof correctEpoch> = async ({ epoch }, ctx) => {
  const { store, chain } = ctx
  const found = await getEpoch(store, { epoch })
  const { root, evidenceRoot } = found
  if (root === null || found.state !== 'proposed' || (await rootStatus(chain, epoch, root)).state !== 'rejected') {
    // Corrected by a call that was cut: the new statement waits to be proposed.
    if (root !== null && found.state === 'frozen' && found.closeTx !== null) return { epoch, root, changed: true }
    throw new TributaryError('Only a root that a dispute rejected is corrected.', {
      code: 'tools/not-rejected',
      facts: { epoch, state: found.state },
      tryThis: `tributary tools root-status --epoch ${epoch} says where it stands`,
    })
  }
  const record = await statementRecord(ctx, epoch)
  if (record.root === root && record.evidenceRoot === evidenceRoot) return { epoch, root, changed: false }
  await replaceStatement(store, record)
  return { epoch, root: record.root, changed: true }
}
