import type { Digest } from '../../kernel/index.ts'

const heldOutPpm = 100_000

/** How a version is split: training never sees what questions and the held-out loss are drawn from, so both must ask here. */
export function heldOutSplit(datanetRoot: Digest, seed: number): { seed: string; heldOutPpm: number } {
  return { seed: `${datanetRoot}/${seed}`, heldOutPpm }
}
