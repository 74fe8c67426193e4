import { TributaryError, type Digest, type ExternalStamp } from '../../../kernel/index.ts'
import type { AnswerEngine, AnswerRequest, StampedAnswer } from '../../engine/AnswerEngine.ts'
import type { Tokenizer } from '../../load/Tokenizer.ts'
import { Admission } from '../../serve/Admission.ts'
import { askUpstream } from './askUpstream.ts'
import type { UpstreamCard } from './upstreamCard.ts'

/** Answers that are asked of upstreams at once, at most. */
const mostAtOnce = 256

/**
 * An engine that also resells: what the card of an upstream names is asked there, everything else of `answers`. What it says is
 * counted by our own tokenizer, as its price is; nobody can compute its bits again, and its stamp says so.
 */
export function withUpstreams(
  answers: AnswerEngine,
  { tokenizer, cardOf }: { tokenizer: Tokenizer; cardOf: (adapter: Digest) => Promise<UpstreamCard | undefined> },
): AnswerEngine {
  const admission = new Admission({ requests: mostAtOnce, tokens: Infinity })

  async function resell(card: UpstreamCard, request: AnswerRequest): Promise<StampedAnswer> {
    const { adapter, chat, promptIds, maxTokens, payer, onToken, topLogprobs } = request
    if (chat === undefined || topLogprobs !== undefined) {
      throw new TributaryError('A resold model takes messages, and tells no log-probabilities.', {
        code: 'models/request',
        facts: { model: card.model },
        tryThis: 'send messages without logprobs',
      })
    }
    const wanted = { promptTokens: promptIds.length, maxTokens, ...(payer === undefined ? {} : { payer }) }
    const place = request.place ?? admission.admit(wanted)
    try {
      const { text, finish, model, fingerprint, usage } = await askUpstream(card, { ...request, chat })
      const ids = tokenizer.encode(text)
      for (const [i, id] of ids.entries()) onToken?.(id, i === ids.length - 1 ? text : '')
      const stamp: ExternalStamp = {
        mode: 'external',
        engine: new URL(card.url).host,
        version: 'unknown',
        ...(fingerprint === undefined ? {} : { fingerprint }),
        base: model,
        baseRevision: 'unknown',
        adapter,
        dtype: 'unknown',
        tokens: 'encoded',
        ...(usage === undefined ? {} : { usage }),
      }
      return { ids, text, finish, promptTokens: promptIds.length, paddedLength: promptIds.length, stamp }
    } finally {
      place.release()
    }
  }

  return {
    ...answers,
    admit: async (request) => {
      const resold = request.adapter === undefined ? undefined : await cardOf(request.adapter)
      return resold === undefined ? answers.admit(request) : admission.admit(request)
    },
    generate: async (request) => {
      const card = await cardOf(request.adapter)
      return card === undefined ? answers.generate(request) : resell(card, request)
    },
  }
}
