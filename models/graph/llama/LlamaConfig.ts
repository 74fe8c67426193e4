/** The fields of a Llama's config.json that decide its arithmetic, by the names of that file. */
export type LlamaConfig = {
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
  rope_parameters?: { rope_theta: number }
  /** Absent or 'default': plain rotary embedding. Any other kind is refused. */
  rope_scaling?: { rope_type?: string; type?: string } | null
  /** Biases are refused when true. */
  attention_bias?: boolean
  mlp_bias?: boolean
  /** 'silu' when absent; others are refused. */
  hidden_act?: string
}
