import { TributaryError } from '../../../kernel/index.ts'
import type { HessianProduct } from './hessianProducts.ts'

/** Two step sizes must agree so well on what curvature does, and it counts as nothing below this part of the adjoint. */
const bound = 5e-3
const negligible = 1e-3
/** From a 16th of the length of theta, where nothing is straight any more, to where fp32 holds but a few bits of the move. */
const exponents = { least: 4, most: 18 }

/**
 * The step size of finite differences, found and checked at one step of a run: h fits where h and 2h agree.
 *
 *   disagreement(k) = |Gv(k) - Gv(k-1)| / max(|G v(k)|, negligible |G theta|),    v(k) = H u by h = 2^-k |theta|
 *
 * and the worst of all queries counts. G [B, P] are the gradients of the batch's own samples: an error counts as far as scores
 * see it, and rounding, which points anywhere, mostly does not. `theta` is the adjoint that v is added to.
 * On two small Llamas (13,824 and 20,736 parameters, 54 steps) the disagreement of central differences was 1e-4 to 1e-3 for k
 * of 9 to 11 at every step, 1e-2 at 7, where the loss bends, and at 14, where fp32 rounds.
 * The exponents are tried from `start` outwards, smaller steps first. Cost: one more product than none where `start` fits.
 * Throws attribution/step-size when none does.
 */
export async function chooseExponent(
  productsAt: (exponent: number) => Promise<HessianProduct[]>,
  adjoints: readonly { theta: Float64Array }[],
  { start, t }: { start: number; t: number },
): Promise<{ exponent: number; products: HessianProduct[] }> {
  const made = new Map<number, Promise<HessianProduct[]>>()
  const at = (exponent: number): Promise<HessianProduct[]> => {
    const known = made.get(exponent) ?? productsAt(exponent)
    made.set(exponent, known)
    return known
  }
  const seen: Record<string, number> = {}
  for (const exponent of outwards(start)) {
    const products = await at(exponent)
    const worst = disagreement(products, await at(exponent - 1), adjoints)
    if (worst <= bound) return { exponent, products }
    seen[`disagreement 2^-${exponent}`] = worst
  }
  throw new TributaryError('No step of finite differences fits this run: two step sizes never agree.', {
    code: 'attribution/step-size',
    facts: { step: t, bound, ...seen },
    tryThis:
      'train by a smoother recipe (warm-up, decay to zero, a larger epsilon of Adam), or use the Hessian-free unroll, labelled so',
  })
}

function outwards(start: number): number[] {
  const all = Array.from({ length: exponents.most - exponents.least + 1 }, (_, i) => exponents.least + i)
  return all.toSorted((a, b) => Math.abs(a - start) - Math.abs(b - start) || b - a)
}

function disagreement(
  products: readonly HessianProduct[],
  others: readonly HessianProduct[],
  adjoints: readonly { theta: Float64Array }[],
): number {
  const each = products.map(({ product, project }, q) => {
    const other = others[q]!.product
    const apart = length(project(product.map((x, p) => x - other[p]!)))
    if (apart === 0) return 0
    return apart / Math.max(length(project(product)), negligible * length(project(adjoints[q]!.theta)))
  })
  return Math.max(0, ...each)
}

function length(v: Float64Array): number {
  return Math.sqrt(v.reduce((squares, x) => squares + x * x, 0))
}
