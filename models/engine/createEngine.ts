import { availableParallelism } from 'node:os'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { zeroAdapter, type Adapter } from '../adapters/Adapter.ts'
import { adapterLayout, type AdapterLayout } from '../adapters/AdapterLayout.ts'
import {
  allTargets,
  answerGraphs,
  contextLimit,
  gradGraph,
  prefixGraph,
  projectionSize,
  serveGraph,
  type LlamaConfig,
  type Target,
} from '../graph/index.ts'
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
  /** Where gradients are taken unless a call says otherwise; rank 8 on q and v of the last 4 blocks unless given. */
  layout?: AdapterLayout
  /** False: answers of the base model alone, a little faster (3 % in fp32). */
  adapters?: boolean
  /** Memory for adapters that are not in use; 256 MB unless given. What does not fit is read again when it is asked for. */
  adapterBytes?: number
  /** Memory for keys and values of prompts that may come again; 128 MB unless given. */
  prefixBytes?: number
  /** How answers are computed; `fp32` unless given. The others need packInt4 once, and are not attested. */
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
 * Builds the graphs of a base model and starts two workers: one answers, one computes gradients and losses, so that a long
 * gradient batch never holds up an answer. Sessions open with the first request of their kind.
 * Losses and gradients are of float32 in either mode.
 * Cost: under a second. Memory with SmolLM2-135M in float32: 1.0 GB in a process that only answers, which holds one
 * session for all adapters, and 46 KB for each token in decoding or kept of a prefix; 1.5 GB with all three sessions.
 * Throws models/int4-missing, models/int4-changed in the modes of int4.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const {
    base,
    threads = Math.min(availableParallelism(), 4),
    layout = defaultLayout(options.base),
    mode = 'fp32',
    rows = 8,
    adapters = true,
    adapterBytes = 256 * 2 ** 20,
    prefixBytes = 128 * 2 ** 20,
    bounds = { requests: 128, tokens: 64_000 },
  } = options
  const { config, weights, dir } = base
  const contextTokens = Math.min(options.contextTokens ?? 2_048, contextLimit(config), 2_048)
  const { fromLayer } = layout
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => layer)
  const projections = adapters ? layers.flatMap((layer) => allTargets.map((target) => ({ layer, target }))) : []
  const int4 = mode === 'fp32' ? undefined : await openInt4(base)
  const blockInputs = mode === 'int4a16' ? 'int16' : 'int8'
  const packed = int4 ? ({ blocks: int4, blockInputs } as const) : {}
  const serveOptions = { projections, maxPositions: contextTokens, ...packed }
  const answer = answerGraphs(config, weights, layout.modules)
  const graphs = {
    serve: serveGraph(config, weights, serveOptions).encode(),
    prefix: prefixGraph(config, weights, fromLayer).encode(),
    gradient: gradGraph(config, weights, { projections: layout.modules, hidden: true }).encode(),
    states: answer.states.encode(),
    reference: answer.reference.encode(),
    changes: answer.changes.encode(),
  }
  const gradientService = new GradientService({ config, weights, dir, threads })
  const known = new Map<Digest, () => Promise<Adapter>>()
  const adapterOf = async (digest: Digest): Promise<Adapter> =>
    await (known.get(digest) ?? unknownAdapter(digest, known.size))()
  const limits = { rows, contextTokens, adapterBytes, prefixBytes }
  const open = { graph: graphs.serve, dir, threads, config, base: base.weightsDigest, projections, ...limits }
  const answerService = new AnswerService({ open, tokenizer: base.tokenizer, bounds, reload: adapterOf })

  return {
    base,
    layout,
    mode,
    stamp: engineStamp({ graphs, weights: base.weightsDigest, ...(int4 ? { int4: int4.digest } : {}) }),
    contextTokens,
    hasAdapter: (digest) => known.has(digest),
    addAdapter: async (digest, adapter, reload) => {
      if (!adapters || !isOf(config, adapter.layout)) refuseLayout(digest, adapter.layout)
      if (known.has(digest)) return
      await answerService.addAdapter(digest, adapter)
      const kept = { ...adapter, theta: reload ? new Float32Array() : adapter.theta.slice() }
      known.set(digest, reload ?? (async () => kept))
    },
    get progress() {
      return answerService.progress
    },
    admit: async (request) => answerService.admit(request),
    generate: async (request) => {
      if (request.adapter !== undefined && !known.has(request.adapter)) unknownAdapter(request.adapter, known.size)
      checkRequest(request, config.vocab_size, contextTokens)
      return answerService.generate(request)
    },
    answerGradient: async ({ promptIds, answerIds, adapter, maxLabels = 32 }) => {
      const { theta, layout: own } = adapter === undefined ? zeroAdapter(layout) : await adapterOf(adapter)
      checkRequest({ promptIds, maxTokens: answerIds.length }, config.vocab_size, contextTokens)
      const row = encodeRow(promptIds, answerIds.slice(0, maxLabels))
      const [hidden] = await gradientService.prefixStates([row], own)
      const [result] = await gradientService.rowGradients([{ row, hidden: hidden!, adapter: 0 }], [theta], own)
      return { ...result!, labels: row.labels.length }
    },
    answerLosses: async ({ promptIds, answerIds, thetas, layout: of = layout, maxLabels = 32 }) => {
      checkRequest({ promptIds, maxTokens: answerIds.length }, config.vocab_size, contextTokens)
      const row = encodeRow(promptIds, answerIds.slice(0, maxLabels))
      const [hidden] = await gradientService.prefixStates([row], of)
      const { reference, rises } = await gradientService.answerLosses({ row, hidden: hidden! }, thetas, of)
      const labels = row.labels.length
      const tokenLossesNats = thetas.map((_, k) =>
        reference.map((loss, j) => (k === 0 ? loss : loss + rises[(k - 1) * labels + j]!)),
      )
      const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / labels
      const first = mean(reference)
      const lossesNats = thetas.map((_, k) =>
        k === 0 ? first : first + mean(rises.subarray((k - 1) * labels, k * labels)),
      )
      return { lossesNats, tokenLossesNats, labels }
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

/** Whether a layout's projections are those of this model, in place and size. */
function isOf(config: LlamaConfig, { modules }: AdapterLayout): boolean {
  return modules.every((module) => {
    const size = projectionSize(config, module.target)
    return module.layer < config.num_hidden_layers && module.in === size.in && module.out === size.out
  })
}

function refuseLayout(digest: Digest, { rank, targets, fromLayer }: AdapterLayout): never {
  throw new TributaryError('The adapter was not made for this base model, or the engine serves no adapters.', {
    code: 'models/adapter-layout',
    facts: { adapter: digest, found: `rank ${rank} on ${targets.join()} from ${fromLayer}` },
    tryThis: 'serve it on the base model that it was trained on',
  })
}
