import type { Digest } from '../../kernel/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'
import type { RunPlan } from '../training/runPlan.ts'

export type Counterfactuals = {
  /** [P] */
  theta: Float32Array
  /** K of [P], in the order of the groups. */
  thetasWithout: Float32Array[]
}

/** An adapter and those that were trained without a payee group, read and checked. Throws blobs/*, tools/adapter-changed. */
export async function counterfactualsOf(
  ctx: Pick<ToolContext, 'blobs' | 'home' | 'engine'>,
  adapter: AdapterWithFiles,
  plan: RunPlan,
): Promise<Counterfactuals> {
  const { theta } = await readAdapter(ctx, adapter.digest)
  const thetasWithout: Float32Array[] = []
  for (const group of plan.groups.keys())
    thetasWithout.push(asFloats(await ctx.blobs.get(adapter.files[`counterfactual/${group}`] as Digest)))
  return { theta, thetasWithout }
}

function asFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
