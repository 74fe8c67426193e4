/** The inverse of a small matrix by Gauss and Jordan with pivots: the readable reference of every solve in this folder. */
export function slowInverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length
  const work = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let column = 0; column < n; column++) {
    const pivot = work.reduce(
      (best, row, i) => (i >= column && Math.abs(row[column]!) > Math.abs(work[best]![column]!) ? i : best),
      column,
    )
    ;[work[column], work[pivot]] = [work[pivot]!, work[column]!]
    const scale = work[column]![column]!
    work[column] = work[column]!.map((x) => x / scale)
    for (const [i, row] of work.entries()) {
      if (i !== column) work[i] = row.map((x, j) => x - row[column]! * work[column]![j]!)
    }
  }
  return work.map((row) => row.slice(n))
}

/** a · M b */
export function sandwich(a: ArrayLike<number>, matrix: readonly (readonly number[])[], b: ArrayLike<number>): number {
  return matrix.reduce((sum, row, i) => sum + a[i]! * row.reduce((inner, x, j) => inner + x * b[j]!, 0), 0)
}
