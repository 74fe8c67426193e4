import { approvalSubject, findApproval, listTrace } from '../store/index.ts'
import { approvalSigner } from './approving/approvalSigner.ts'
import { toApprovalView } from './approving/approvalView.ts'
import { unknownApproval } from './approving/decide.ts'
import type { Run } from './runTool.ts'
import type { showApproval } from './showApproval.ts'

export const run: Run<typeof showApproval> = async ({ digest }, ctx) => {
  const row = await findApproval(ctx.store, { digest })
  if (row === undefined) throw unknownApproval(digest)
  const { address } = approvalSigner(ctx)
  const lines = await listTrace(ctx.store, { subject: approvalSubject(address) })
  return {
    approval: toApprovalView(row, ctx.now()),
    action: row.action,
    lines: lines
      .filter(({ key }) => key.startsWith(`${digest}/`))
      .map(({ kind, body, digest, signature, signer, atMs }) => {
        return { kind, body, digest, signature: signature ?? '', signer: signer ?? address, atMs }
      }),
  }
}
