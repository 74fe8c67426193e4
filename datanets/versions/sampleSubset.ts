import { digestOf, type PayeeId, type Sample } from '../../kernel/index.ts'

/**
 * Draws `n` of the samples, seeded and stratified by payee: payee p gets n · size(p) / total, by largest remainder, and
 * where that leaves fewer than `minPayees` payees with any, the largest of the others get one each, taken from the
 * payees with the most. Inside of a payee, samples come in the order of sha256(seed, id). So nothing depends on the order of
 * the input, which the result keeps. With n or fewer samples, all of them. Cost: one hash a sample.
 */
export function sampleSubset<T extends Pick<Sample, 'id' | 'payee'>>({
  samples,
  n,
  seed,
  minPayees,
}: {
  samples: readonly T[]
  n: number
  seed: string
  minPayees: number
}): T[] {
  if (samples.length <= n) return [...samples]
  const strata = new Map<PayeeId, T[]>()
  for (const sample of samples) {
    const stratum = strata.get(sample.payee)
    if (stratum) stratum.push(sample)
    else strata.set(sample.payee, [sample])
  }
  const quotas = quotasOf(strata, { n, total: samples.length, seed, minPayees })
  const drawn = new Set<T>()
  for (const [payee, stratum] of strata) {
    const order = stratum.map((sample) => ({ sample, key: digestOf(['tributary/subset/1', seed, sample.id]) }))
    order.sort((a, b) => (a.key < b.key ? -1 : 1))
    for (const { sample } of order.slice(0, quotas.get(payee))) drawn.add(sample)
  }
  return samples.filter((sample) => drawn.has(sample))
}

function quotasOf(
  strata: ReadonlyMap<PayeeId, readonly unknown[]>,
  { n, total, seed, minPayees }: { n: number; total: number; seed: string; minPayees: number },
): Map<PayeeId, number> {
  const rows = [...strata].map(([payee, { length: size }]) => ({
    payee,
    size,
    quota: Math.floor((n * size) / total),
    remainder: (n * size) % total,
    key: digestOf(['tributary/subset-tie/1', seed, payee]),
  }))
  const left = n - rows.reduce((sum, { quota }) => sum + quota, 0)
  rows.sort((a, b) => b.remainder - a.remainder || (a.key < b.key ? -1 : 1))
  for (const row of rows.slice(0, left)) row.quota++

  const wanted = Math.min(minPayees, rows.length, n)
  const without = rows.filter(({ quota }) => quota === 0)
  without.sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1))
  for (const row of without.slice(0, Math.max(0, wanted - (rows.length - without.length)))) {
    const richest = rows.reduce((best, other) =>
      other.quota > best.quota || (other.quota === best.quota && other.key < best.key) ? other : best,
    )
    richest.quota--
    row.quota++
  }
  return new Map(rows.map(({ payee, quota }) => [payee, quota]))
}
