import { defaultLayout, initialAdapter, type AdapterLayout, type BaseModel } from '../../../models/index.ts'

/** Payee groups: the most that a run may have. */
export const groups = 64

/**
 * An adapter of rank 8 on q and v of the last 4 blocks, and 64 that are a little away from it, as those are that were
 * trained without a payee group: the cost of scoring with them does not depend on what they learned.
 */
export function attributionAdapters(base: BaseModel): {
  layout: AdapterLayout
  theta: Float32Array
  thetasWithout: Float32Array[]
} {
  const layout = defaultLayout(base)
  const theta = initialAdapter(layout, 1).theta.map((value, i) => value + 0.02 * Math.sin(12.9898 * i))
  const thetasWithout = Array.from({ length: groups }, (_, k) =>
    theta.map((value, i) => value + 0.002 * Math.sin(78.233 * i * (k + 1))),
  )
  return { layout, theta, thetasWithout }
}
