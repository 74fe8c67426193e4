import { seededNormal } from '../graph/index.ts'
import type { AdapterLayout } from './AdapterLayout.ts'

/** A LoRA adapter: all its numbers in one flat vector [P], ordered as its layout says. */
export type Adapter = { readonly layout: AdapterLayout; readonly theta: Float32Array }

/** The base model itself: every number 0. */
export function zeroAdapter(layout: AdapterLayout): Adapter {
  return { layout, theta: new Float32Array(layout.length) }
}

/** Where training starts: A normal with variance 1 / in, B zero, so that the model is the base. Same seed, same bytes. */
export function initialAdapter(layout: AdapterLayout, seed: number): Adapter {
  const adapter = zeroAdapter(layout)
  const normal = seededNormal(seed)
  for (const module of layout.modules) {
    const end = module.A + module.in * module.rank
    for (let i = module.A; i < end; i++) adapter.theta[i] = normal() * module.in ** -0.5
  }
  return adapter
}
