import { readPayee } from '../chain/index.ts'
import { toWeiString, type Address } from '../kernel/index.ts'
import type { payeeStatus } from './payeeStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof payeeStatus> = async ({ payee }, { chain }) => {
  if (payee.startsWith('0x'))
    return { payee, account: payee as string as Address, waitingWei: toWeiString(0n), recovery: null }
  const { account, waitingWei, recovery } = await readPayee(chain, payee)
  return { payee, account, waitingWei: toWeiString(waitingWei), recovery }
}
