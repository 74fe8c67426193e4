import { provenanceLabel } from '../attribution/index.ts'
import { registerModel } from '../chain/index.ts'
import { canonicalBytes, digestOf, toWeiString, type Address, type Digest } from '../kernel/index.ts'
import { upstreamCard, upstreamRecipe } from '../models/index.ts'
import { getVersion, markAdapterOnChain, saveAdapter, setAlias } from '../store/index.ts'
import { run as indexDatanet } from './indexDatanet.run.ts'
import type { resellModel } from './resellModel.ts'
import type { Run } from './runTool.ts'
import { resoldRun } from './training/readRunPlan.ts'

export const run: Run<typeof resellModel> = async (input, ctx) => {
  const { store, blobs, chain, keys, governed, now, prices } = ctx
  const { alias, url, model, keyVariable = null, datanet, contextTokens, timeoutMs } = input
  const version = await getVersion(store, { datanet })
  // What answers are looked for in has to be there before one is sold.
  const { indexes } = await indexDatanet({ datanet }, ctx)
  const card = upstreamCard.parse({
    v: 1,
    kind: 'tributary/upstream-model',
    attribution: 'tokens',
    label: provenanceLabel,
    url,
    model,
    keyVariable,
    datanet: version.root,
    indexes: indexes.map(({ alphabet, tokenizer, root }) => ({ alphabet, tokenizer, root })),
    contextTokens,
    timeoutMs,
    price: {
      platformWei: input.platformWei ?? toWeiString(prices.platformWei),
      inputWeiPer1000: input.inputWeiPer1000 ?? toWeiString(prices.inputWeiPer1000),
      outputWeiPer1000: input.outputWeiPer1000 ?? toWeiString(prices.outputWeiPer1000),
    },
  })
  const digest = await blobs.put(canonicalBytes(card))
  const record = {
    base: digestOf({ url, model }),
    datanet: version.root,
    recipe: upstreamRecipe,
  }
  await saveAdapter(store, {
    digest,
    ...record,
    counterfactualRoot: digest,
    cardDigest: digest,
    heldOutLossBeforeMicroNats: 0,
    heldOutLossAfterMicroNats: 0,
    run: `${resoldRun}${alias}`,
    files: { card: digest },
    atMs: now(),
  })
  const { tx } = await registerModel(chain, {
    adapter: digest,
    ...record,
    counterfactuals: digest,
    card: digest,
    licences: digestOf(version.licences),
    rule: digestOf(governed.rule()),
    modelOwner: keys.modelOwner.address as Address,
  })
  await markAdapterOnChain(store, { digest, tx: tx as Digest })
  await setAlias(store, { name: alias, adapter: digest, atMs: now() })
  return { alias, adapter: digest, card: digest, attribution: card.attribution, label: card.label, transaction: tx }
}
