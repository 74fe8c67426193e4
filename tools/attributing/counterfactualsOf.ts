import type { AttributionEngine, AttributionMethod } from '../../attribution/index.ts'
import { recipeLayout } from '../../models/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'
import type { RunPlan } from '../training/runPlan.ts'
import { resident } from './resident.ts'

export type Counterfactuals = {
  /** [P] */
  theta: Float32Array
  /** K of [P], in the order of the groups. */
  thetasWithout: Float32Array[]
  /** The engine's scores at once over them. */
  atOnce: AttributionMethod
}

/**
 * An adapter and those that were trained without a payee group: read and checked once, then kept (resident).
 * Cost: K + 1 reads and 8·K·P bytes at first, afterwards nothing. Throws blobs/*, tools/adapter-changed.
 */
export async function counterfactualsOf(
  ctx: Pick<ToolContext, 'blobs' | 'home' | 'engine'>,
  adapter: AdapterWithFiles,
  plan: RunPlan,
  by: AttributionEngine,
): Promise<Counterfactuals> {
  const digests = plan.groups.map((_, group) => adapter.files[`counterfactual/${group}`] as Digest)
  const key = `counterfactuals ${[by.digest, adapter.digest, ...digests].join()}`
  const { length } = recipeLayout(plan.recipe, ctx.engine.base.config)
  return resident(ctx.blobs, { key, bytes: 8 * length * digests.length }, async () => {
    const { theta } = await readAdapter(ctx, adapter.digest)
    const thetasWithout: Float32Array[] = []
    for (const digest of digests) thetasWithout.push(asFloats(await ctx.blobs.get(digest)))
    return { theta, thetasWithout, atOnce: by.receipt({ theta, thetasWithout }) }
  })
}

function asFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
