/** Numbers in a piece, at most, unless the least number of rows has more: 4 MiB as float32. */
const mostNumbers = 1 << 20

/**
 * A tensor read a few rows at a time, so that memory does not follow the largest tensor of a model (an embedding may be
 * gigabytes). `step`: rows that must stay together. `read(first, count)` gives rows as [count, columns].
 */
export function* pieces(
  shape: readonly number[],
  step: number,
  read: (first: number, count: number) => Float32Array,
): Generator<Float32Array> {
  const [rows = 1, ...rest] = shape
  const columns = rest.reduce((a, b) => a * b, 1)
  const atOnce = step * Math.max(1, Math.floor(mostNumbers / (columns * step)))
  for (let first = 0; first < rows; first += atOnce) yield read(first, Math.min(atOnce, rows - first))
}
