import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { engineRefused, engineUnreachable, refusalOf } from './engineFailure.ts'
import type { ServeConfig } from './serveConfig.ts'

const cardSchema = z.object({
  id: z.string(),
  owned_by: z.string().nullish(),
  root: z.string().nullish(),
  parent: z.string().nullish(),
  max_model_len: z.int().nullish(),
})
export type ModelCard = z.infer<typeof cardSchema>
const modelsSchema = z.object({ data: z.array(cardSchema) })
const versionSchema = z.object({ version: z.string() })

/**
 * The calls of an OpenAI-compatible engine with adapters at run time, by vLLM's names. Each ends by itself after
 * `silenceMs`. Failures are coded: models/serve-unreachable, models/busy, models/serve-failed (retry), models/serve-refused.
 */
export class EngineApi {
  readonly #config: Pick<ServeConfig, 'url' | 'apiKey' | 'silenceMs'>

  constructor(config: Pick<ServeConfig, 'url' | 'apiKey' | 'silenceMs'>) {
    this.#config = config
  }

  async models(): Promise<ModelCard[]> {
    const parsed = modelsSchema.safeParse(await this.#json('GET', '/v1/models'))
    if (parsed.success) return parsed.data.data
    throw new TributaryError('What answers at SERVE_BASE_URL is no engine that we know how to talk to.', {
      code: 'models/serve-contract',
      facts: { path: '/v1/models', wrong: parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 5) },
      tryThis: 'use an engine that docs/serving.md names; its version may have changed what it says',
    })
  }

  /** As the engine says it; `unknown` where it has no /version. */
  async version(): Promise<string> {
    const response = await this.call('GET', '/version')
    const parsed = response.ok ? versionSchema.safeParse(await response.json().catch(() => undefined)) : undefined
    return parsed?.data?.version ?? 'unknown'
  }

  /** True where the engine loaded it; false where it says that it has an adapter of this name already. */
  async loadAdapter(name: string, path: string): Promise<boolean> {
    const response = await this.call('POST', '/v1/load_lora_adapter', { lora_name: name, lora_path: path })
    if (response.ok) return true
    const refusal = await refusalOf(response)
    if (refusal.status === 400 && /already been loaded/.test(refusal.message)) return false
    throw engineRefused(refusal, 'loading an adapter')
  }

  /** An adapter that the engine does not have is as good as unloaded. */
  async unloadAdapter(name: string): Promise<void> {
    const response = await this.call('POST', '/v1/unload_lora_adapter', { lora_name: name })
    if (response.ok) return
    const refusal = await refusalOf(response)
    if (refusal.status !== 404) throw engineRefused(refusal, 'unloading an adapter')
  }

  /** The response as it is. `signal` closes the connection, by which the engine learns that nobody waits. */
  async call(method: 'GET' | 'POST', path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const { url, apiKey, silenceMs } = this.#config
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    }
    try {
      return await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ?? AbortSignal.timeout(silenceMs),
        // A key must not follow to another host.
        redirect: 'error',
      })
    } catch (cause) {
      throw engineUnreachable(cause, { url, during: path })
    }
  }

  async #json(method: 'GET', path: string): Promise<unknown> {
    const response = await this.call(method, path)
    if (!response.ok) throw engineRefused(await refusalOf(response), path)
    return response.json().catch(() => undefined)
  }
}
