import { attributeAnswer, counterfactualLinear, hessianFree } from '../../attribution/index.ts'
import { TributaryError, type Attribution, type Digest } from '../../kernel/index.ts'
import { getAdapter, getAnswer, getReceipt, getRule } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { ensureAdapter, readAdapter } from '../ensureAdapter.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { influenceReader } from './influenceReader.ts'

const topSamples = 10

/**
 * The attribution of one answer from what is stored and committed: one gradient of the answer's loss, the counterfactual
 * adapters for payee groups, the sample influence vectors inside a group. The attributor and the auditor both call it.
 */
export async function scoreReceipt(ctx: ToolContext, id: Digest): Promise<Attribution> {
  const { store, blobs, engine } = ctx
  const { receipt } = await getReceipt(store, { id })
  const { promptIds, answerIds } = await getAnswer(store, { receipt: id })
  if (promptIds === null || answerIds === null) {
    throw new TributaryError('The tokens of this answer were dropped, so it cannot be scored.', {
      code: 'tools/answer-erased',
      facts: { receipt: id },
      tryThis: 'score answers before their bytes are dropped',
    })
  }
  const adapter = await getAdapter(store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  await ensureAdapter(ctx, receipt.adapter)
  const { theta } = await readAdapter(ctx, receipt.adapter)
  const thetasWithout = []
  for (const group of plan.groups.keys())
    thetasWithout.push(asFloats(await blobs.get(adapter.files[`counterfactual/${group}`] as Digest)))
  // An answer that ended at once is attributed by the token that ended it.
  const said = answerIds.length > 0 ? answerIds : [engine.base.tokenizer.eos]
  const { gradient } = await engine.answerGradient({ promptIds, answerIds: said, adapter: receipt.adapter })
  const influence = await blobs.verifiedPath(adapter.files['influence'] as Digest)
  return attributeAnswer({
    query: { gradient },
    group: counterfactualLinear({ theta, thetasWithout }),
    sample: hessianFree({
      influence: influenceReader(influence, { count: plan.samples.length, parameters: theta.length }),
      samples: plan.samples.length,
    }),
    receipt: id,
    adapterSet: adapter.counterfactualRoot,
    rule: await getRule(store, { digest: receipt.rule }),
    groups: plan.groups,
    samples: plan.samples,
    top: topSamples,
  })
}

function asFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
