import { finishRecovery as finish, readPayee } from '../chain/index.ts'
import { toWeiString, TributaryError } from '../kernel/index.ts'
import { payOut } from './claiming/payOut.ts'
import type { finishRecovery } from './finishRecovery.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof finishRecovery> = async ({ payee }, ctx) => {
  const { recovery } = await readPayee(ctx.chain, payee)
  if (recovery === null) {
    throw new TributaryError('No other address was proved for this payee.', {
      code: 'payee/no-recovery',
      facts: { payee },
      tryThis:
        'start one: start_payee_claim with purpose recover, then prove_payee; or it was cancelled or finished already',
    })
  }
  const { account } = recovery
  const { tx } = await finish(ctx.chain, payee, account)
  return { payee, account, transaction: tx, paidWei: toWeiString(await payOut(ctx, payee)) }
}
