import { approvalSubject, listTrace } from '../store/index.ts'
import type { approvalTrail } from './approvalTrail.ts'
import { approvalSigner } from './approving/approvalSigner.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof approvalTrail> = async ({ from, count }, ctx) => {
  const { address: operator } = approvalSigner(ctx)
  const lines = await listTrace(ctx.store, { subject: approvalSubject(operator) })
  return {
    operator,
    chainId: ctx.chain.chainId,
    lines: lines.slice(from, from + count).map((one) => {
      const { signature, signer: _, ...line } = one
      return { ...line, signature: signature ?? '' }
    }),
  }
}
