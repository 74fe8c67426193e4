/** All that decides the bytes of the small language model, besides its texts: the model is cached under their digest. */
export const smallModelSettings = {
  v: 1,
  seed: 1,
  config: {
    vocab_size: 272,
    hidden_size: 96,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 24,
    intermediate_size: 256,
    max_position_embeddings: 128,
  },
  /** None of them is used by the protocol. */
  datanets: ['finance-bc-docs', 'legal-policies', 'math-gsm8k', 'technical-ethereum-eips'],
  textsOfEach: 600,
  /** Characters of a window, the chat template apart, and what it fills. */
  windowBytes: 56,
  row: { maxLength: 64, maxLabels: 48 },
  steps: 1_600,
  batch: 32,
  warmupSteps: 30,
  learningRatePpb: 4_000_000,
  weightDecayPpm: 10_000,
  beta1Ppm: 900_000,
  beta2Ppm: 999_000,
}
