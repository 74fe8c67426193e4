import { canonicalBytes, digestText, findError, type Digest } from '../../kernel/index.ts'
import { getSample } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { ensureAdapter } from '../ensureAdapter.ts'
import type { RunPlan } from './runPlan.ts'
import { textSamples, type TextSamples } from './trainingCard.ts'

const shown = 3
const maxTokens = 48

/**
 * What base and adapter say to 3 held-out prompts, the likeliest token each time. Which prompts: those that come first in the
 * order of sha256(run | sample), so nobody picks the ones that turned out well. Stored as a blob; its digest is returned.
 * Cost: 6 answers of 48 tokens.
 */
export async function writeTexts(
  ctx: ToolContext,
  { run, adapter, plan }: { run: Digest; adapter: Digest; plan: RunPlan },
): Promise<Digest> {
  const { engine, store, blobs } = ctx
  await ensureAdapter(ctx, adapter)
  const keyed = plan.heldOut.map((id) => ({ id, key: digestText(`${run}|${id}`) }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1))
  const texts: TextSamples = []
  for (const { id } of keyed) {
    if (texts.length === shown) break
    const prompt = await promptOf(store, id)
    if (prompt === '') continue
    const promptIds = engine.base.tokenizer.encodeChat([{ role: 'user', content: prompt }], {
      addGenerationPrompt: true,
    })
    // What the base cannot read whole, it is not asked.
    if (promptIds.length + maxTokens > engine.contextTokens) continue
    const [before, after] = await Promise.all([
      engine.generate({ promptIds, maxTokens }),
      engine.generate({ promptIds, maxTokens, adapter }),
    ])
    texts.push({ sample: id, prompt, before: before.text.toWellFormed(), after: after.text.toWellFormed() })
  }
  return blobs.put(canonicalBytes(textSamples.parse(texts)))
}

/** Empty where its owner had the text erased while training went on. */
async function promptOf(store: ToolContext['store'], id: Digest): Promise<string> {
  try {
    return (await getSample(store, { id })).prompt
  } catch (failure) {
    if (findError(failure)?.code === 'store/erased') return ''
    throw failure
  }
}
