import { findError, TributaryError, type Digest } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import type { Tokenizer } from '../load/Tokenizer.ts'
import { checkSchema } from '../schema/checkSchema.ts'
import { Admission, type AdmissionBounds, type Place, type Wanted } from '../serve/Admission.ts'
import { AnswerText } from '../serve/AnswerText.ts'
import type { TokenLogprob } from '../serve/logprobs.ts'
import { answerCancelled } from './answerCancelled.ts'
import { answerLogprobs } from './answerLogprobs.ts'
import type { Answer, EngineProgress, GenerateRequest } from './Engine.ts'
import type { ServeCalls, ServeEvent, SubmittedJob } from './serveCalls.ts'
import { WorkerLink } from './WorkerLink.ts'

type Open = {
  start: () => void
  token: (token: number, logprob: TokenLogprob | undefined) => void
  resolve: (finish: 'stop' | 'length') => void
  reject: (error: unknown) => void
}

type Parts = {
  open: ServeCalls['open']['input']
  tokenizer: Tokenizer
  bounds: AdmissionBounds
  /** An adapter that the worker has dropped. */
  reload: (adapter: Digest) => Promise<Adapter>
}

/** Answers by a worker that decodes all requests together, for whom there is room. */
export class AnswerService {
  readonly #open = new Map<number, Open>()
  readonly #link: WorkerLink<ServeCalls, ServeEvent>
  readonly #tokenizer: Tokenizer
  readonly #admission: Admission
  readonly #reload: Parts['reload']
  #requests = 0
  #running = 0

  constructor({ open, tokenizer, bounds, reload }: Parts) {
    this.#tokenizer = tokenizer
    this.#reload = reload
    this.#admission = new Admission(bounds)
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

  async addAdapter(digest: Digest, adapter: Adapter): Promise<void> {
    await this.#link.call('addAdapter', { digest, adapter })
  }

  admit(wanted: Wanted): Place {
    return this.#admission.admit(wanted)
  }

  async generate(request: GenerateRequest): Promise<Answer> {
    const { promptIds, maxTokens, payer, schema, signal } = request
    if (signal?.aborted) throw answerCancelled()
    if (schema !== undefined) checkSchema(parseSchema(schema))
    const wanted = { promptTokens: promptIds.length, maxTokens, ...(payer === undefined ? {} : { payer }) }
    const place = request.place ?? this.admit(wanted)
    try {
      return await this.#answer(request, place)
    } finally {
      place.release()
    }
  }

  async close(): Promise<void> {
    await this.#link.close()
  }

  async #answer(request: GenerateRequest, place: Place): Promise<Answer> {
    const { promptIds, adapter, maxTokens, temperature = 0, topP = 1, seed = 0, payer = '', signal } = request
    const { stop = [], schema, topLogprobs, onToken, enough } = request
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
      const fail = (error: unknown): void => {
        const isEnough = enough?.aborted === true && ids.length > 0 && findError(error)?.code === 'models/cancelled'
        if (isEnough) resolve('length')
        else reject(error)
      }
      this.#open.set(id, { start, token, resolve, reject: fail })
      if (signal?.aborted) reject(answerCancelled())
      signal?.addEventListener('abort', abort)
      enough?.addEventListener('abort', abort)
      const job = { id, payer, promptIds: Int32Array.from(promptIds), maxTokens, temperature, topP, seed, stop }
      const submitted = {
        ...job,
        eos: this.#tokenizer.eos,
        ...(adapter === undefined ? {} : { adapter }),
        ...(schema === undefined ? {} : { schema }),
        ...(topLogprobs === undefined ? {} : { topLogprobs }),
      }
      this.#submit(submitted, signal).catch(reject)
    }).finally(() => {
      this.#open.delete(id)
      if (hasRow) this.#running--
      signal?.removeEventListener('abort', abort)
      enough?.removeEventListener('abort', abort)
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

  /** Sends a job to the worker, and its adapter with it where the worker says that it has dropped that. */
  async #submit(job: SubmittedJob, signal: AbortSignal | undefined): Promise<void> {
    const { adapter } = job
    try {
      await this.#link.call('submit', job)
    } catch (error) {
      if (adapter === undefined || findError(error)?.code !== 'models/adapter-absent') throw error
      const again = await this.#reload(adapter)
      if (signal?.aborted) throw answerCancelled()
      // Calls are served in their order, so nothing can push the adapter out between the two.
      await Promise.all([
        this.#link.call('addAdapter', { digest: adapter, adapter: again }),
        this.#link.call('submit', job),
      ])
    }
  }

  #on(event: ServeEvent): void {
    const open = this.#open.get(event.id)
    if (!open) return
    if (event.kind === 'start') open.start()
    else if (event.kind === 'token') open.token(event.token, event.logprob)
    else if (event.kind === 'fail') open.reject(findError(event.error) ?? failed(event.reason))
    else if (event.reason === 'cancelled') open.reject(answerCancelled())
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
