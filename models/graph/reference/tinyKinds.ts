import type { LlamaConfig } from '../llama/LlamaConfig.ts'

type Kind = { tied: boolean; config: Partial<LlamaConfig> }

/** Options of tinyLlama for one model of each kind that the graphs compute; together they use every trait. */
export const tinyKinds: Readonly<Record<string, Kind>> = {
  'Qwen2: biases of q, k and v': { tied: true, config: { model_type: 'qwen2', rope_theta: 1e6 } },
  'Qwen3: norms of heads, heads wider than hidden / heads': {
    tied: false,
    config: { model_type: 'qwen3', head_dim: 16, num_key_value_heads: 1 },
  },
  'Qwen3 with biases of q, k, v and o': { tied: true, config: { model_type: 'qwen3', attention_bias: true } },
  'Mistral with a sliding window': { tied: false, config: { model_type: 'mistral', sliding_window: 24 } },
  'Llama with all biases, llama3 scaling': {
    tied: false,
    config: {
      attention_bias: true,
      mlp_bias: true,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 16,
      },
    },
  },
  'Llama with linear scaling': { tied: true, config: { rope_scaling: { type: 'linear', factor: 3 } } },
  'Llama with YaRN': {
    tied: true,
    config: {
      rope_parameters: { rope_theta: 500, rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 },
    },
  },
}
