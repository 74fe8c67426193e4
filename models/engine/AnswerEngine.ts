import type { Digest, EngineStamp } from '../../kernel/index.ts'
import type { ChatMessage } from '../load/Tokenizer.ts'
import type { Place } from '../serve/Admission.ts'
import type { Answer, Engine, GenerateRequest } from './Engine.ts'

export type AnswerRequest = GenerateRequest & {
  adapter: Digest
  /** The messages that the prompt was made of: for a model of others, which has a template of its own. */
  chat?: readonly ChatMessage[]
  /** Names the effect that this answer is part of: asked again under the same key, an engine may give its first answer. */
  key?: Digest
}

/** An answer with what made it. */
export type StampedAnswer = Answer & { readonly stamp: EngineStamp }

/**
 * What makes answers, whoever computes them: our own engine in this process, engine workers elsewhere, or an engine of
 * others behind an API. Adapters are meant by digest and made known on demand.
 */
export type AnswerEngine = {
  /** Tokens of prompt and answer together, at most. */
  readonly contextTokens: number
  /** Keeps room for a request before it is paid. Throws models/busy (retry) where no more is taken in. */
  admit(request: Parameters<Engine['admit']>[0] & { adapter?: Digest }): Promise<Place>
  /**
   * Throws models/busy (retry) where no more is taken in, models/cancelled, models/context-length, and what it says of
   * itself when it fails. Nothing that failed counts as answered.
   */
  generate(request: AnswerRequest): Promise<StampedAnswer>
  /** The answer of a key is stored elsewhere: what is kept of it here may go. */
  drop?(key: Digest): Promise<void>
  /** Who answers, and where, for people. Throws when it does not. */
  describe(): Promise<string>
}
