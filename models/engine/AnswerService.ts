import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Tokenizer } from '../load/Tokenizer.ts'
import { TextStream } from '../serve/TextStream.ts'
import type { Answer, GenerateRequest } from './Engine.ts'
import type { ServeCalls, ServeEvent } from './serveCalls.ts'
import { WorkerLink } from './WorkerLink.ts'

type Open = {
  ids: number[]
  onToken: (token: number) => void
  resolve: (finish: 'stop' | 'length') => void
  reject: (error: unknown) => void
}

/** Answers by a worker that decodes all requests together. */
export class AnswerService {
  readonly #open = new Map<number, Open>()
  readonly #link: WorkerLink<ServeCalls, ServeEvent>
  readonly #tokenizer: Tokenizer
  #requests = 0

  constructor(open: ServeCalls['open']['input'], tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer
    this.#link = new WorkerLink(new URL('./serveWorker.ts', import.meta.url), (event) => this.#on(event))
    // A worker that fails to start fails every later call with the same reason.
    this.#link.call('open', open).catch(() => undefined)
  }

  async addAdapter(digest: Digest, theta: Float32Array): Promise<void> {
    await this.#link.call('addAdapter', { digest, theta })
  }

  async generate(request: GenerateRequest): Promise<Answer> {
    const { promptIds, adapter, maxTokens, temperature = 0, topP = 1, seed = 0, signal } = request
    if (signal?.aborted) throw cancelled()
    const id = this.#requests++
    const text = new TextStream(this.#tokenizer)
    const ids: number[] = []
    const onToken = (token: number): void => request.onToken?.(token, text.push(token))
    const abort = (): void => void this.#link.call('cancel', { id }).catch(() => undefined)
    const finish = await new Promise<'stop' | 'length'>((resolve, reject) => {
      this.#open.set(id, { ids, onToken, resolve, reject })
      signal?.addEventListener('abort', abort)
      const job = { id, promptIds: Int32Array.from(promptIds), maxTokens, temperature, topP, seed }
      this.#link
        .call('submit', { ...job, eos: this.#tokenizer.eos, ...(adapter === undefined ? {} : { adapter }) })
        .catch(reject)
      // A worker that ends after it took the job never reports a finish.
      this.#link.ended.catch(reject)
    }).finally(() => {
      this.#open.delete(id)
      signal?.removeEventListener('abort', abort)
    })
    return {
      ids,
      text: this.#tokenizer.decode(ids),
      finish,
      promptTokens: promptIds.length,
      paddedLength: promptIds.length,
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #on(event: ServeEvent): void {
    const open = this.#open.get(event.id)
    if (!open) return
    if (event.kind === 'token') {
      open.ids.push(event.token)
      open.onToken(event.token)
    } else if (event.kind === 'fail') {
      open.reject(
        new TributaryError('The runtime of the model failed.', {
          code: 'models/runtime',
          facts: { reason: event.reason.slice(0, 300) },
          tryThis: 'ask again; look for want of memory if it repeats',
          retry: true,
        }),
      )
    } else if (event.reason === 'cancelled') open.reject(cancelled())
    else open.resolve(event.reason)
  }
}

function cancelled(): TributaryError {
  return new TributaryError('The answer was cancelled.', {
    code: 'models/cancelled',
    tryThis: 'ask again when the answer is wanted',
  })
}
