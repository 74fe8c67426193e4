import { TributaryError } from '../../../kernel/index.ts'

/**
 * The factor of a symmetric positive definite matrix: A = L Lᵀ, L lower triangular.
 *
 * Shapes: `matrix` row-major [n, n], of which the lower half is read; returns L row-major [n, n]. fp64 in one fixed order.
 * Cost: n³/6 multiply-adds, 8·n² bytes. Source: Golub & Van Loan, Matrix Computations, algorithm 4.2.1.
 * Throws attribution/not-definite where a pivot is not above 0, a NaN included.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let left = matrix[i * n + j]!
      for (let k = 0; k < j; k++) left -= factor[i * n + k]! * factor[j * n + k]!
      if (i !== j) factor[i * n + j] = left / factor[j * n + j]!
      else if (left > 0) factor[i * n + i] = Math.sqrt(left)
      else refuse(i, left)
    }
  }
  return factor
}

/** x of L Lᵀ x = b, from the factor of cholesky. Cost: n² multiply-adds. */
export function solveCholesky(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length
  const x = b.slice()
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  return x
}

function refuse(at: number, pivot: number): never {
  throw new TributaryError('A matrix that must be positive definite is not.', {
    code: 'attribution/not-definite',
    facts: { at, pivot: String(pivot) },
    tryThis: 'raise the damping; if the pivot is NaN, check the adapter and the training run',
  })
}
