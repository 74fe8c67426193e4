import { seededUniform } from '../../models/index.ts'

/** Eight standardised features [N, 8] row-major and the standardised strength [N]. */
export type ConcreteRows = { features: Float64Array; strengths: Float64Array }

export const featureCount = 8

/** kg per cubic metre, and days: the ranges of UCI's concrete table (Yeh 1998), which has the same eight columns. */
const ranges = [
  ['cement', 102, 540],
  ['slag', 0, 359],
  ['fly ash', 0, 200],
  ['water', 122, 247],
  ['plasticiser', 0, 32],
  ['coarse', 801, 1145],
  ['fine', 594, 993],
] as const
const ages = [3, 7, 14, 28, 28, 28, 56, 90, 180, 365]

/**
 * Concrete that nobody mixed: amounts drawn from the ranges of UCI's table (a third of the mixes without slag, half
 * without fly ash), strength in MPa by Abrams' law of the water-binder ratio with hardening over days:
 *
 *   strength = 165 / 9^(water (1 - .006 plasticiser) / (cement + .8 slag + .5 ash)) · ln(1 + days) / ln(29)
 *              - 900 (fine / (fine + coarse) - .42)^2 + noise,  noise normal with 3 MPa
 *
 * Every column is standardised over all rows, the strength too. Deterministic in the seed. The measured table is not ours
 * to redistribute; this one has its size, columns and kind of curve. Source of the law: Abrams 1918; of the columns: Yeh,
 * Cement and Concrete Research 28 (1998).
 */
export function concreteRows(count: number, seed: number): ConcreteRows {
  const uniform = seededUniform(`concrete ${seed}`)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const features = new Float64Array(count * featureCount)
  const strengths = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const amounts = ranges.map(([, low, high]) => low + (high - low) * uniform())
    if (uniform() < 1 / 3) amounts[1] = 0
    if (uniform() < 1 / 2) amounts[2] = 0
    const [cement, slag, ash, water, plasticiser, coarse, fine] = amounts as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const days = ages[Math.floor(uniform() * ages.length)]!
    const ratio = (water * (1 - 0.006 * plasticiser)) / (cement + 0.8 * slag + 0.5 * ash)
    const hardened = (165 / 9 ** ratio) * (Math.log(1 + days) / Math.log(29))
    strengths[row] = hardened - 900 * (fine / (fine + coarse) - 0.42) ** 2 + 3 * normal()
    features.set([...amounts, days], row * featureCount)
  }
  for (let column = 0; column < featureCount; column++) standardise(features, column, featureCount)
  standardise(strengths, 0, 1)
  return { features, strengths }
}

function standardise(values: Float64Array, offset: number, stride: number): void {
  const count = values.length / stride
  let mean = 0
  for (let i = offset; i < values.length; i += stride) mean += values[i]! / count
  let square = 0
  for (let i = offset; i < values.length; i += stride) square += (values[i]! - mean) ** 2 / count
  for (let i = offset; i < values.length; i += stride) values[i] = (values[i]! - mean) / Math.sqrt(square)
}
