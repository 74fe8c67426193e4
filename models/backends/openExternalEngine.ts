import { TributaryError, type Digest, type ExternalStamp } from '../../kernel/index.ts'
import { answerLogprobs } from '../engine/answerLogprobs.ts'
import type { AnswerEngine, AnswerRequest, StampedAnswer } from '../engine/AnswerEngine.ts'
import type { BaseModel } from '../load/openBase.ts'
import { Admission, type Place } from '../serve/Admission.ts'
import { completionRequest } from './completionRequest.ts'
import { EngineApi, type ModelCard } from './EngineApi.ts'
import { engineRefused, engineUnreachable, refusalOf } from './engineFailure.ts'
import { readCompletion, type Completion } from './readCompletion.ts'
import { ResidentAdapters, type ReadPeftFiles } from './ResidentAdapters.ts'
import type { ServeConfig } from './serveConfig.ts'
import { answerCancelled } from '../engine/answerCancelled.ts'

export type ExternalEngineOptions = {
  config: ServeConfig
  /** The base that the adapters belong to: its tokenizer makes the prompts, and gradients are computed with it. */
  base: Pick<BaseModel, 'digest' | 'source' | 'weightsDigest' | 'tokenizer'>
  contextTokens: number
  readFiles: ReadPeftFiles
}

/**
 * Answers by an OpenAI-compatible engine with an adapter a request (vLLM's names). The prompt goes as token ids, so that
 * template and tokenizer are ours; the model that is asked for is the digest of the adapter. Its bits are nobody's to
 * compute again, and its stamp says so.
 * Cost: one request; a cold adapter two more and the writing of its files.
 * Throws models/serve-base where the engine serves no such base, or its weights are not stated to be those of `base`:
 * gradients of other weights would attribute another answer. And whatever EngineApi throws.
 */
export async function openExternalEngine(options: ExternalEngineOptions): Promise<AnswerEngine> {
  const { config, base, readFiles } = options
  const revisions: string[] = [base.digest, base.weightsDigest, ...base.source]
  if (!revisions.includes(config.baseRevision)) {
    throw otherBase({ stated: config.baseRevision, adaptersBelongTo: base.digest })
  }
  const api = new EngineApi(config)
  const card = await baseCard(api, config)
  const adapters = new ResidentAdapters(api, config, readFiles)
  const admission = new Admission({ requests: config.requests, tokens: Infinity })
  const contextTokens = Math.min(options.contextTokens, card.max_model_len ?? options.contextTokens)

  async function generate(request: AnswerRequest): Promise<StampedAnswer> {
    const { adapter, promptIds, maxTokens, payer } = request
    const wanted = { promptTokens: promptIds.length, maxTokens, ...(payer === undefined ? {} : { payer }) }
    const place = request.place ?? admission.admit(wanted)
    const ask = () => adapters.use(adapter, () => complete(request, place))
    try {
      // Undefined where it was unloaded between our loading and our asking, by another gateway or a restart: no token
      // was made yet, so it is asked once more.
      const answer = (await ask()) ?? (await ask())
      if (answer !== undefined) return answer
      throw forgets(adapter)
    } finally {
      place.release()
    }
  }

  /** Undefined where the engine does not have the adapter. */
  async function complete(request: AnswerRequest, place: Place): Promise<StampedAnswer | undefined> {
    const { adapter, promptIds, signal, onToken } = request
    if (signal?.aborted) throw answerCancelled()
    const silence = new AbortController()
    const beSilent = () => silence.abort(new Error(`nothing for ${config.silenceMs / 1000} s`))
    let timer = setTimeout(beSilent, config.silenceMs)
    const ends = [silence.signal, AbortSignal.timeout(config.timeoutMs), ...(signal ? [signal] : [])]
    try {
      const response = await api.call('POST', '/v1/completions', completionRequest(request), AbortSignal.any(ends))
      if (!response.ok) {
        const refusal = await refusalOf(response)
        if (refusal.status === 404) return undefined
        throw engineRefused(refusal, 'answering')
      }
      const read = readCompletion(response.body ?? new ReadableStream(), {
        model: adapter,
        promptIds,
        onPiece: ({ text, ids }) => {
          place.done(ids.length)
          clearTimeout(timer)
          timer = setTimeout(beSilent, config.silenceMs)
          for (const [i, id] of ids.entries()) onToken?.(id, i === ids.length - 1 ? text : '')
        },
      })
      return await finished(await read, request)
    } catch (failure) {
      if (signal?.aborted) throw answerCancelled()
      if (failure instanceof TributaryError) throw failure
      throw engineUnreachable(silence.signal.aborted ? silence.signal.reason : failure, {
        url: config.url,
        during: 'answering',
      })
    } finally {
      clearTimeout(timer)
    }
  }

  async function finished(
    read: Completion,
    { adapter, promptIds, topLogprobs }: AnswerRequest,
  ): Promise<StampedAnswer> {
    const { eos } = base.tokenizer
    const ids = read.ids ?? base.tokenizer.encode(read.text)
    const stamp: ExternalStamp = {
      mode: 'external',
      engine: card.owned_by ?? 'unknown',
      // Asked each time: an engine may be replaced while we run.
      version: await api.version(),
      ...(read.fingerprint === undefined ? {} : { fingerprint: read.fingerprint }),
      base: config.base,
      baseRevision: config.baseRevision,
      adapter,
      dtype: config.dtype,
      tokens: read.ids === undefined ? 'encoded' : 'reported',
    }
    return {
      ids: ids.at(-1) === eos ? ids.slice(0, -1) : ids,
      text: read.text,
      finish: read.finish,
      promptTokens: promptIds.length,
      paddedLength: promptIds.length,
      ...(topLogprobs === undefined ? {} : { logprobs: answerLogprobs(base.tokenizer, read.logprobs, read.text) }),
      stamp,
    }
  }

  return {
    contextTokens,
    admit: async (wanted) => admission.admit(wanted),
    generate,
    describe: async () => {
      const { owned_by: name } = await baseCard(api, config)
      return `${name ?? 'an engine'} ${await api.version()} at ${new URL(config.url).origin}, base ${config.base}, not attested`
    },
  }
}

async function baseCard(api: EngineApi, { base }: ServeConfig): Promise<ModelCard> {
  const cards = await api.models()
  const card = cards.find(({ id, parent }) => id === base && (parent ?? null) === null)
  if (card) return card
  const served = cards.filter(({ parent }) => (parent ?? null) === null).map(({ id }) => id)
  throw otherBase({ wanted: base, served: served.slice(0, 8) })
}

function otherBase(facts: Record<string, string | string[]>): TributaryError {
  return new TributaryError('The serving engine does not serve the base model that the adapters on sale belong to.', {
    code: 'models/serve-base',
    facts,
    tryThis:
      'serve the base folder of this machine, and set SERVE_BASE_MODEL and SERVE_BASE_REVISION as docs/serving.md says',
  })
}

function forgets(adapter: Digest): TributaryError {
  return new TributaryError('The serving engine drops an adapter as soon as it has it.', {
    code: 'models/serve-forgets',
    facts: { adapter },
    tryThis: 'give the engine room for more adapters, or let fewer gateways share it',
    retry: true,
  })
}
