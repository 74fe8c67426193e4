import type { LlamaConfig } from './LlamaConfig.ts'

/**
 * The longest context that these graphs compute as the model means it: what it was made for, and no more than its sliding
 * window, within which every query sees every key before it.
 */
export function contextLimit(config: LlamaConfig): number {
  return Math.min(config.max_position_embeddings, config.sliding_window ?? Number.POSITIVE_INFINITY)
}

/**
 * Rows of the rotary tables: the longest context, and 2,048 at most unless more is asked for; up to the next multiple of 16,
 * to which rows are padded.
 */
export function maxPositions(config: LlamaConfig, wanted = 2_048): number {
  return 16 * Math.ceil(Math.min(wanted, contextLimit(config)) / 16)
}
