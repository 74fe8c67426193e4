import { join } from 'node:path'
import { adapterLayout, initialAdapter, writePeft, type Adapter, type AdapterLayout } from '../../../models/index.ts'
import type { Digest } from '../../../kernel/index.ts'
import type { BenchContext } from './BenchContext.ts'

/** Rank 8 on q and v of every block: what the peers adapt. */
export function fullLayout({ base }: BenchContext): AdapterLayout {
  return adapterLayout(base.config, { rank: 8, targets: ['q_proj', 'v_proj'], fromLayer: 0 })
}

/** An adapter that changes answers a little: no number of it is zero. */
export function benchAdapter(layout: AdapterLayout, seed: number): Adapter {
  const adapter = initialAdapter(layout, seed)
  for (let i = 0; i < adapter.theta.length; i++) adapter.theta[i]! += 0.005 * Math.sin(12.9898 * i + 78.233 * seed)
  return adapter
}

/** Adapters with the folders where PEFT finds them. */
export async function writtenAdapters(
  context: BenchContext,
  count: number,
): Promise<{ digest: Digest; dir: string; adapter: Adapter }[]> {
  const layout = fullLayout(context)
  return Promise.all(
    Array.from({ length: count }, async (_, k) => {
      const adapter = benchAdapter(layout, context.seed + k)
      const written = await writePeft(adapter, join(context.dir, 'adapters', `${k}`), { baseName: context.base.name })
      return { ...written, adapter }
    }),
  )
}
