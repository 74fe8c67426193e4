import type { LlamaConfig } from './LlamaConfig.ts'

/** Rows of the rotary tables: what the model was made for, and 2,048 at most unless more is asked for. */
export function maxPositions(config: LlamaConfig, wanted = 2_048): number {
  return Math.min(wanted, config.max_position_embeddings)
}
