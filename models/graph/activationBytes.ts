import type { LlamaConfig } from './llama/LlamaConfig.ts'

/**
 * About how many bytes a row of gradGraph keeps while it runs: what each differentiated block leaves for its derivative
 * (per token some vectors of the hidden size, some of the MLP's, and a row of attention), and three times its logits.
 * Measured on SmolLM2-135M: 217 MB for 128 tokens and labels through 30 blocks, 216 by this.
 */
export function activationBytes(
  config: LlamaConfig,
  { tokens, labels, blocks }: { tokens: number; labels: number; blocks: number },
): number {
  const perToken = 3 * config.intermediate_size + 6 * config.hidden_size + config.num_attention_heads * tokens
  return 4 * (tokens * blocks * perToken + 3 * labels * config.vocab_size)
}
