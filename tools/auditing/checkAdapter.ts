import { readModel } from '../../chain/index.ts'
import { upstreamRecipe } from '../../models/index.ts'
import { getAdapter } from '../../store/index.ts'
import { readAdapter } from '../ensureAdapter.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkAdapter: AuditCheck = {
  name: 'adapter',
  judges: 'the adapter',
  duty: 'the model owner, who registered it',
  async run(ctx, { receipt }) {
    const stored = await getAdapter(ctx.store, { digest: receipt.adapter })
    // A model of others has a card in place of files: its bytes are checked, its answers cannot be made again.
    const isResold = receipt.recipe === upstreamRecipe
    await (isResold ? ctx.blobs.verifiedPath(receipt.adapter) : readAdapter(ctx, receipt.adapter))
    const onChain = await readModel(ctx.chain, receipt.adapter)
    const facts = {
      base: [receipt.base, onChain?.base, stored.base, ...(isResold ? [] : [ctx.engine.base.digest])],
      datanet: [receipt.datanet, onChain?.datanet, stored.datanet],
      recipe: [receipt.recipe, onChain?.recipe, stored.recipe],
      card: [stored.cardDigest, onChain?.card],
      counterfactuals: [stored.counterfactualRoot, onChain?.counterfactuals],
    }
    for (const [name, values] of Object.entries(facts)) {
      if (new Set(values).size !== 1)
        throw differs(`the adapter’s ${name}`, { values: values.map((v) => v ?? 'nothing') })
    }
    if (isResold) return 'a resold model: its card has the digest of the receipt, and stands on chain'
    return 'its files have the digest of the receipt; base, Datanet, recipe, card and counterfactual root are those on chain'
  },
}
