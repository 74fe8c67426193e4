import type { AnswerRequest } from '../engine/AnswerEngine.ts'

/**
 * The body of POST /v1/completions for one answer. The prompt goes as token ids; what sampling the engine's own defaults
 * would change (a model's generation_config.json) is said each time.
 */
export function completionRequest(request: AnswerRequest) {
  const { adapter, promptIds, maxTokens, temperature = 0, topP = 1, seed = 0, stop, topLogprobs, schema } = request
  return {
    model: adapter,
    prompt: promptIds,
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    top_k: -1,
    min_p: 0,
    repetition_penalty: 1,
    seed,
    stream: true,
    stream_options: { include_usage: true },
    return_token_ids: true,
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    // Tokens by id, since two may have one text.
    ...(topLogprobs === undefined ? {} : { logprobs: topLogprobs, return_tokens_as_token_ids: true }),
    ...(schema === undefined ? {} : { response_format: jsonSchemaFormat(schema) }),
  }
}

function jsonSchemaFormat(schema: string) {
  return { type: 'json_schema', json_schema: { name: 'answer', schema: JSON.parse(schema) as unknown, strict: true } }
}
