import { claimMany, growRewardTree, readEscrowed, withdrawPayee } from '../../chain/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import { leavesOf, listEpochs } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** Claims what is final for the payee, and pays its account out to the address that it is bound to now. */
export async function payOut({ chain, store }: ToolContext, payee: PayeeId): Promise<bigint> {
  const final = (await listEpochs(store, {})).findLast(({ state }) => state === 'final' || state === 'claimed')
  const leaves = final ? await leavesOf(store, { epoch: final.number }) : []
  if (leaves.some((leaf) => leaf.payee === payee)) await claimMany(chain, [(await growRewardTree(leaves)).claim(payee)])
  const waiting = await readEscrowed(chain, payee)
  await withdrawPayee(chain, payee)
  return waiting
}
