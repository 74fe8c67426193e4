import type { AdapterLayout } from './AdapterLayout.ts'

/** Where each LoRA factor of each projection lies in theta, in the order of theta; together they cover [0, P). */
export function adapterSegments({ modules }: AdapterLayout): { from: number; to: number }[] {
  return modules
    .flatMap(({ A, B, rank, in: width, out }) => [
      { from: A, to: A + rank * width },
      { from: B, to: B + rank * out },
    ])
    .toSorted((a, b) => a.from - b.from)
}
