import type { AnswerRequest } from '../engine/AnswerEngine.ts'

/**
 * The body of POST /v1/completions for one answer. The prompt goes as token ids; what sampling the engine's own defaults
 * would change (a model's generation_config.json) is said each time.
 */
export function completionRequest(request: AnswerRequest) {
  const { adapter, promptIds, maxTokens, temperature = 0, topP = 1, seed = 0 } = request
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
  }
}
