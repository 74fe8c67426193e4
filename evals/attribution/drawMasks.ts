import { seededUniform } from '../../models/index.ts'

/** Random sets of samples that are removed: weight 0 for `removed` of them, 1 for the others. The same seed, the same sets. */
export function drawMasks(samples: number, { removed, count, seed }: { removed: number; count: number; seed: string }) {
  const uniform = seededUniform(`masks ${seed} ${removed} of ${samples}`)
  return Array.from({ length: count }, () => {
    const mask = new Float32Array(samples).fill(1)
    for (let left = removed; left > 0;) {
      const at = Math.floor(uniform() * samples)
      if (mask[at] === 0) continue
      mask[at] = 0
      left--
    }
    return mask
  })
}

/** One set for each payee: all of its samples are removed. */
export function payeeMasks(payeeOfSample: readonly number[], payees: number): Float32Array[] {
  return Array.from({ length: payees }, (_, payee) =>
    Float32Array.from(payeeOfSample, (own) => (own === payee ? 0 : 1)),
  )
}
