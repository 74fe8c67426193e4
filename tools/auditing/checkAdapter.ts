import { readModel } from '../../chain/index.ts'
import { getAdapter } from '../../store/index.ts'
import { readAdapter } from '../ensureAdapter.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkAdapter: AuditCheck = {
  name: 'adapter',
  judges: 'the adapter',
  duty: 'the model owner, who registered it',
  async run(ctx, { receipt }) {
    await readAdapter(ctx, receipt.adapter)
    const stored = await getAdapter(ctx.store, { digest: receipt.adapter })
    const onChain = await readModel(ctx.chain, receipt.adapter)
    const facts = {
      base: [receipt.base, onChain?.base, stored.base, ctx.engine.base.digest],
      datanet: [receipt.datanet, onChain?.datanet, stored.datanet],
      recipe: [receipt.recipe, onChain?.recipe, stored.recipe],
      card: [stored.cardDigest, onChain?.card],
      counterfactuals: [stored.counterfactualRoot, onChain?.counterfactuals],
    }
    for (const [name, values] of Object.entries(facts)) {
      if (new Set(values).size !== 1)
        throw differs(`the adapter’s ${name}`, { values: values.map((v) => v ?? 'nothing') })
    }
    return 'its files have the digest of the receipt; base, Datanet, recipe, card and counterfactual root are those on chain'
  },
}
