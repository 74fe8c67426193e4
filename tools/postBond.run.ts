import { postBond as postOnChain, readBondTerms } from '../chain/index.ts'
import { digestOf, toWeiString } from '../kernel/index.ts'
import type { postBond } from './postBond.ts'
import type { Run } from './runTool.ts'
import { makeBundle } from './verifying/makeBundle.ts'

export const run: Run<typeof postBond> = async ({ adapter, bondWei }, ctx) => {
  const { digest: bundle, bundle: content } = await makeBundle(ctx, adapter)
  const { minBondWei } = await readBondTerms(ctx.chain)
  const wei = bondWei === undefined ? minBondWei : BigInt(bondWei)
  const plan = digestOf(content.plan)
  const machine = digestOf(content.machine)
  const leaves = content.card.counterfactuals
  const { tx } = await postOnChain(ctx.chain, { adapter, bondWei: wei, plan, machine, bundle, leaves })
  return { adapter, bundle, plan, machine, members: leaves.length + 1, bondWei: toWeiString(wei), transaction: tx }
}
