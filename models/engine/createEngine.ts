import { availableParallelism } from 'node:os'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { zeroAdapter, type Adapter } from '../adapters/Adapter.ts'
import { adapterLayout, sameLayout, type AdapterLayout } from '../adapters/AdapterLayout.ts'
import { contextLimit, gradGraph, prefixGraph, serveGraph, type Target } from '../graph/index.ts'
import { openInt4 } from '../int4/openInt4.ts'
import type { BaseModel } from '../load/openBase.ts'
import type { AdmissionBounds } from '../serve/Admission.ts'
import { encodeRow } from '../train/EncodedRow.ts'
import { AnswerService } from './AnswerService.ts'
import type { Engine, EngineMode, GenerateRequest } from './Engine.ts'
import { engineStamp } from './engineStamp.ts'
import { GradientService } from './GradientService.ts'

export type EngineOptions = {
  base: BaseModel
  /** Threads of the runtime in each of the two workers; what the machine has, at most 4, unless given. Bits don't depend on it. */
  threads?: number
  /** Where adapters sit; rank 8 on q and v of the last 4 blocks unless given. */
  layout?: AdapterLayout
  /** How answers are computed; `fp32` unless given. `int4` needs packInt4 once, and is not attested. */
  mode?: EngineMode
  /** Tokens of prompt and answer together; 2,048 at most. */
  contextTokens?: number
  /** Answers in decoding at once; the others wait in line. */
  rows?: number
  /** How many may wait or be in decoding; 128 requests of 64,000 tokens unless given. Over it: models/busy. */
  bounds?: AdmissionBounds
}

const defaultTargets: readonly Target[] = ['q_proj', 'v_proj']

/** Rank 8 on q and v of the last 4 blocks (of all, where a model has fewer). */
export function defaultLayout(base: Pick<BaseModel, 'config'>): AdapterLayout {
  const fromLayer = Math.max(0, base.config.num_hidden_layers - 4)
  return adapterLayout(base.config, { rank: 8, targets: defaultTargets, fromLayer })
}

/**
 * Builds the three graphs of a base model and starts two workers: one answers, one computes gradients, so that a long
 * gradient batch never holds up an answer. Sessions open with the first request of their kind.
 * Losses and gradients are of float32 in either mode.
 * Cost: under a second; 1.5 GB with all three sessions of SmolLM2-135M in use.
 * Throws models/int4-missing, models/int4-changed in mode int4.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const {
    base,
    threads = Math.min(availableParallelism(), 4),
    layout = defaultLayout(options.base),
    mode = 'fp32',
    rows = 8,
    bounds = { requests: 128, tokens: 64_000 },
  } = options
  const { config, weights, dir } = base
  const contextTokens = Math.min(options.contextTokens ?? 2_048, contextLimit(config), 2_048)
  const { targets, fromLayer } = layout
  const int4 = mode === 'int4' ? await openInt4(base) : undefined
  const serveOptions = { targets, from: fromLayer, maxPositions: contextTokens, ...(int4 ? { blocks: int4 } : {}) }
  const graphs = {
    serve: serveGraph(config, weights, serveOptions).encode(),
    prefix: prefixGraph(config, weights, fromLayer).encode(),
    gradient: gradGraph(config, weights, { projections: layout.modules, hidden: true }).encode(),
  }
  const gradientService = new GradientService({ config, weights, dir, threads })
  const opening = { graph: graphs.serve, dir, threads, config, layout, rows }
  const answerService = new AnswerService({ open: opening, tokenizer: base.tokenizer, bounds })
  const known = new Map<Digest, Adapter>()

  const adapterOf = (digest: Digest | undefined): Adapter => {
    if (digest === undefined) return zeroAdapter(layout)
    return known.get(digest) ?? unknownAdapter(digest, known.size)
  }
  return {
    base,
    layout,
    mode,
    stamp: engineStamp({ graphs, weights: base.weightsDigest, ...(int4 ? { int4: int4.digest } : {}) }),
    contextTokens,
    hasAdapter: (digest) => known.has(digest),
    addAdapter: async (digest, adapter) => {
      if (!sameLayout(adapter.layout, layout)) refuseLayout(digest, adapter.layout, layout)
      if (known.has(digest)) return
      await answerService.addAdapter(digest, adapter.theta)
      known.set(digest, { ...adapter, theta: adapter.theta.slice() })
    },
    get progress() {
      return answerService.progress
    },
    admit: (request) => answerService.admit(request),
    generate: async (request) => {
      adapterOf(request.adapter)
      checkRequest(request, config.vocab_size, contextTokens)
      return answerService.generate(request)
    },
    answerGradient: async ({ promptIds, answerIds, adapter, maxLabels = 32 }) => {
      const { theta, layout: own } = adapterOf(adapter)
      checkRequest({ promptIds, maxTokens: answerIds.length }, config.vocab_size, contextTokens)
      const row = encodeRow(promptIds, answerIds.slice(0, maxLabels))
      const [hidden] = await gradientService.prefixStates([row], own)
      const [result] = await gradientService.rowGradients([{ row, hidden: hidden!, adapter: 0 }], [theta], own)
      return { ...result!, labels: row.labels.length }
    },
    prefixStates: (encoded, of = layout) => gradientService.prefixStates(encoded, of),
    rowGradients: (encoded, thetas, of = layout) => gradientService.rowGradients(encoded, thetas, of),
    rowLosses: (encoded, thetas, of = layout) => gradientService.rowLosses(encoded, thetas, of),
    close: async () => {
      await Promise.all([gradientService.close(), answerService.close()])
    },
  }
}

function checkRequest(
  {
    promptIds,
    maxTokens,
    temperature = 0,
    topP = 1,
    stop = [],
    topLogprobs = 0,
  }: Pick<GenerateRequest, 'promptIds' | 'maxTokens' | 'temperature' | 'topP' | 'stop' | 'topLogprobs'>,
  vocabulary: number,
  contextTokens: number,
): void {
  const sensible = Number.isInteger(maxTokens) && maxTokens >= 1 && temperature >= 0 && topP > 0 && topP <= 1
  const rare = stop.length <= 4 && !stop.includes('') && Number.isInteger(topLogprobs) && topLogprobs <= 20
  if (promptIds.length === 0 || !sensible || !rare) {
    throw new TributaryError('The request makes no sense.', {
      code: 'models/request',
      facts: { promptTokens: promptIds.length, maxTokens, temperature, topP, stops: stop.length, topLogprobs },
      tryThis:
        'give a prompt, at least one token to make, a temperature from 0, a top-p above 0 up to 1, at most 4 stop strings, none empty, and at most 20 log-probabilities',
    })
  }
  if (promptIds.length + maxTokens > contextTokens) {
    throw new TributaryError('Prompt and answer together are longer than the context of the model.', {
      code: 'models/context-length',
      facts: { promptTokens: promptIds.length, maxTokens, contextTokens },
      tryThis: 'shorten the prompt or lower the number of tokens to make',
    })
  }
  const bad = promptIds.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary))
  if (bad === undefined) return
  throw new TributaryError('The prompt holds a token that the model lacks.', {
    code: 'models/token-range',
    facts: { token: bad, vocabulary },
    tryThis: 'encode the prompt with the tokenizer of this base model',
  })
}

function unknownAdapter(digest: Digest, known: number): never {
  throw new TributaryError('The engine does not know this adapter.', {
    code: 'models/unknown-adapter',
    facts: { adapter: digest, known },
    tryThis: 'ask for the list of models, and use the digest of one of them',
  })
}

function refuseLayout(digest: Digest, found: AdapterLayout, wanted: AdapterLayout): never {
  throw new TributaryError('The adapter sits in other places of the model than this engine serves.', {
    code: 'models/adapter-layout',
    facts: {
      adapter: digest,
      found: `rank ${found.rank} alpha ${found.alpha} on ${found.targets.join()} from ${found.fromLayer}`,
      wanted: `rank ${wanted.rank} alpha ${wanted.alpha} on ${wanted.targets.join()} from ${wanted.fromLayer}`,
    },
    tryThis: 'create the engine with the layout of the adapter',
  })
}
