import type { RowReader } from '../scoreRows.ts'

/** Numbers in (-1, 1) from a seed: the generator of Park and Miller. */
export function uniformFrom(seed: number): () => number {
  let state = (seed % 2147483646) + 1
  return () => ((state = (state * 48271) % 2147483647) / 2147483647) * 2 - 1
}

/** A random matrix [n, p], whole and as a reader of `atOnce` rows a block. */
export function randomRows(
  { n, p, seed }: { n: number; p: number; seed: number },
  atOnce = n,
): { matrix: Float32Array; rows: RowReader; row: (i: number) => Float32Array } {
  const next = uniformFrom(seed)
  const matrix = Float32Array.from({ length: n * p }, next)
  function* rows() {
    for (let first = 0; first < n; first += atOnce) {
      yield { first, rows: matrix.slice(first * p, Math.min(first + atOnce, n) * p) }
    }
  }
  return { matrix, rows, row: (i) => matrix.subarray(i * p, i * p + p) }
}
