import type { AdamSettings } from './recipe.ts'

export type Moments = { readonly first: Float32Array; readonly second: Float32Array }

/**
 * One step of Adam in place, `step` counted from 0.
 *
 *   m = b1 m + (1 - b1) g        theta -= rate · (m / (1 - b1^(t+1))) / (sqrt(v / (1 - b2^(t+1))) + epsilon)
 *   v = b2 v + (1 - b2) g g
 *
 * Computed in fp64 on fp32 state. Cost: P of these. Source: Kingma & Ba, arXiv 1412.6980.
 */
export function adamStep(
  theta: Float32Array,
  { first, second }: Moments,
  gradient: Float32Array,
  { beta1, beta2, epsilon }: AdamSettings,
  { step, rate }: { step: number; rate: number },
): void {
  const unbias1 = 1 - beta1 ** (step + 1)
  const unbias2 = 1 - beta2 ** (step + 1)
  for (let i = 0; i < theta.length; i++) {
    const g = gradient[i]!
    const m = (first[i] = Math.fround(beta1 * first[i]! + (1 - beta1) * g))
    const v = (second[i] = Math.fround(beta2 * second[i]! + (1 - beta2) * g * g))
    theta[i]! -= (rate * (m / unbias1)) / (Math.sqrt(v / unbias2) + epsilon)
  }
}
