import { findError, TributaryError, type Digest } from '../../kernel/index.ts'
import type { Tokenizer } from '../load/Tokenizer.ts'
import { checkSchema } from '../schema/checkSchema.ts'
import { SchemaService } from '../schema/SchemaService.ts'
import { Admission, type AdmissionBounds, type Place } from '../serve/Admission.ts'
import { AnswerText } from '../serve/AnswerText.ts'
import type { TokenLogprob } from '../serve/logprobs.ts'
import { answerLogprobs } from './answerLogprobs.ts'
import type { AdmitRequest, Answer, EngineProgress, GenerateRequest } from './Engine.ts'
import type { ServeCalls, ServeEvent } from './serveCalls.ts'
import { WorkerLink } from './WorkerLink.ts'

type Open = {
  start: () => void
  token: (token: number, logprob: TokenLogprob | undefined) => void
  resolve: (finish: 'stop' | 'length') => void
  reject: (error: unknown) => void
}

type Parts = { open: ServeCalls['open']['input']; tokenizer: Tokenizer; bounds: AdmissionBounds }

/** Answers by a worker that decodes all requests together, for whom there is room. */
export class AnswerService {
  readonly #open = new Map<number, Open>()
  readonly #link: WorkerLink<ServeCalls, ServeEvent>
  readonly #tokenizer: Tokenizer
  readonly #admission: Admission
  readonly #schemas: SchemaService
  #requests = 0
  #running = 0

  constructor({ open, tokenizer, bounds }: Parts) {
    this.#tokenizer = tokenizer
    this.#admission = new Admission(bounds)
    this.#schemas = new SchemaService({ dir: open.dir, eos: tokenizer.eos, vocabulary: open.config.vocab_size })
    this.#link = new WorkerLink(new URL('./serveWorker.ts', import.meta.url), (event) => this.#on(event))
    // A worker that fails to start fails every later call with the same reason.
    this.#link.call('open', open).catch(() => undefined)
    // A worker that ends after it took a job never reports a finish.
    this.#link.ended.catch((error: unknown) => {
      for (const { reject } of this.#open.values()) reject(error)
    })
  }

  get progress(): EngineProgress {
    const { openTokens, tokensPerSecond } = this.#admission.progress
    return { waiting: this.#open.size - this.#running, running: this.#running, openTokens, tokensPerSecond }
  }

  async addAdapter(digest: Digest, theta: Float32Array): Promise<void> {
    await this.#link.call('addAdapter', { digest, theta })
  }

  async admit({ schema, ...wanted }: AdmitRequest): Promise<Place> {
    if (schema !== undefined) {
      checkSchema(parseSchema(schema))
      await this.#schemas.check(schema)
    }
    return this.#admission.admit(wanted)
  }

  async generate(request: GenerateRequest): Promise<Answer> {
    const { promptIds, maxTokens, payer, schema, signal } = request
    if (signal?.aborted) throw cancelled()
    const wanted = { promptTokens: promptIds.length, maxTokens }
    const place =
      request.place ??
      (await this.admit({
        ...wanted,
        ...(payer === undefined ? {} : { payer }),
        ...(schema === undefined ? {} : { schema }),
      }))
    try {
      return await this.#answer(request, place)
    } finally {
      place.release()
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(), this.#schemas.close()])
  }

  async #answer(request: GenerateRequest, place: Place): Promise<Answer> {
    const { promptIds, adapter, maxTokens, temperature = 0, topP = 1, seed = 0, payer = '', signal } = request
    const { stop = [], schema, topLogprobs, onToken } = request
    const id = this.#requests++
    const text = new AnswerText(this.#tokenizer, stop)
    const ids: number[] = []
    const logprobs: TokenLogprob[] = []
    const abort = (): void => void this.#link.call('cancel', { id }).catch(() => undefined)
    let hasRow = false
    const finish = await new Promise<'stop' | 'length'>((resolve, reject) => {
      const start = (): void => {
        hasRow = true
        this.#running++
      }
      const token = (next: number, logprob: TokenLogprob | undefined): void => {
        place.done(ids.length === 0 ? promptIds.length + 1 : 1)
        ids.push(next)
        if (logprob) logprobs.push(logprob)
        // Without a listener or a stop string nobody needs the text before its end.
        const piece = onToken || stop.length > 0 ? text.push(next) : ''
        onToken?.(next, piece)
      }
      this.#open.set(id, { start, token, resolve, reject })
      if (signal?.aborted) reject(cancelled())
      signal?.addEventListener('abort', abort)
      const job = { id, payer, promptIds: Int32Array.from(promptIds), maxTokens, temperature, topP, seed, stop }
      this.#link
        .call('submit', {
          ...job,
          eos: this.#tokenizer.eos,
          ...(adapter === undefined ? {} : { adapter }),
          ...(schema === undefined ? {} : { schema }),
          ...(topLogprobs === undefined ? {} : { topLogprobs }),
        })
        .catch(reject)
    }).finally(() => {
      this.#open.delete(id)
      if (hasRow) this.#running--
      signal?.removeEventListener('abort', abort)
    })
    const answerText = stop.length > 0 ? text.text : this.#tokenizer.decode(ids)
    return {
      ids,
      text: answerText,
      finish,
      promptTokens: promptIds.length,
      paddedLength: promptIds.length,
      ...(topLogprobs === undefined ? {} : { logprobs: answerLogprobs(this.#tokenizer, logprobs, answerText) }),
    }
  }

  #on(event: ServeEvent): void {
    const open = this.#open.get(event.id)
    if (!open) return
    if (event.kind === 'start') open.start()
    else if (event.kind === 'token') open.token(event.token, event.logprob)
    else if (event.kind === 'fail') open.reject(findError(event.error) ?? failed(event.reason))
    else if (event.reason === 'cancelled') open.reject(cancelled())
    else open.resolve(event.reason)
  }
}

function parseSchema(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failed(reason: string): TributaryError {
  return new TributaryError('The runtime of the model failed.', {
    code: 'models/runtime',
    facts: { reason: reason.slice(0, 300) },
    tryThis: 'ask again; look for want of memory if it repeats',
    retry: true,
  })
}

function cancelled(): TributaryError {
  return new TributaryError('The answer was cancelled.', {
    code: 'models/cancelled',
    tryThis: 'ask again when the answer is wanted',
  })
}
