import type { LlamaConfig, ModelType } from '../graph/index.ts'

/** config.json of a base folder: the names of transformers, which opens the folder by it. */
export type HuggingFaceConfig = LlamaConfig & {
  model_type: ModelType
  architectures: string[]
  head_dim: number
  tie_word_embeddings: boolean
  bos_token_id: number
  eos_token_id: number
  use_sliding_window?: boolean
  max_window_layers?: number
  layer_types?: string[]
}
