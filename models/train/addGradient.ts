/**
 * One term of a batch gradient, in place: sum += weight · gradient / batch, rounded to fp32 after each term, so that a sum
 * depends on the order of its terms and on nothing else. Weight 1 changes no bit.
 */
export function addGradient(
  sum: Float32Array,
  gradient: Float32Array,
  { weight = 1, batch }: { weight?: number; batch: number },
): void {
  for (let p = 0; p < sum.length; p++) sum[p]! += (weight * gradient[p]!) / batch
}
