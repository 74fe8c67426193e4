/** How rotary frequencies were changed after pretraining, by the names of config.json. Which numbers count depends on the kind. */
export type RopeScaling = {
  /** Absent or 'default': plain. 'linear', 'dynamic', 'llama3', 'yarn'; any other kind is refused. */
  rope_type?: string
  /** The older name of `rope_type`. */
  type?: string
  factor?: number
  original_max_position_embeddings?: number
  low_freq_factor?: number
  high_freq_factor?: number
  beta_fast?: number
  beta_slow?: number
  attention_factor?: number
  mscale?: number
  mscale_all_dim?: number
  truncate?: boolean
}

/** The fields of a Llama's config.json that decide its arithmetic, by the names of that file. */
export type LlamaConfig = {
  /** 'llama' when absent. Decides which projections have a bias and whether heads are normed (see family). */
  model_type?: string
  hidden_size: number
  num_hidden_layers: number
  num_attention_heads: number
  num_key_value_heads: number
  intermediate_size: number
  vocab_size: number
  rms_norm_eps: number
  max_position_embeddings: number
  /** hidden_size / num_attention_heads when absent. */
  head_dim?: number
  /** 10,000 when absent here and in rope_parameters. */
  rope_theta?: number
  /** Newer files keep theta and scaling here, older ones apart. */
  rope_parameters?: RopeScaling & { rope_theta: number }
  rope_scaling?: RopeScaling | null
  /** Biases of q, k, v and o. */
  attention_bias?: boolean
  /** Biases of gate, up and down; Llamas only. */
  mlp_bias?: boolean
  /** 'silu' when absent; others are refused. */
  hidden_act?: string
  /** A query sees so many keys, itself included; the context is kept within it, where it changes nothing. */
  sliding_window?: number | null
}
