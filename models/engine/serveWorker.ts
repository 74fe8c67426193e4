import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { openGraph } from '../graph/index.ts'
import { createTokenizer, type Tokenizer } from '../load/Tokenizer.ts'
import { Schemas } from '../schema/Constraint.ts'
import { VocabularyIndex } from '../schema/VocabularyIndex.ts'
import { AdapterPool } from '../serve/AdapterPool.ts'
import { AnswerText } from '../serve/AnswerText.ts'
import { Decoder } from '../serve/Decoder.ts'
import { Scheduler, type SchedulerEvents } from '../serve/Scheduler.ts'
import { answerCalls } from './answerCalls.ts'
import type { ServeCalls, ServeEvent } from './serveCalls.ts'

type Opening = ServeCalls['open']['input']

let opening: Opening | undefined
let adapters: AdapterPool | undefined
/** The adapter of each job that is not over yet: kept in memory while the job waits, too. */
const pinned = new Map<number, Digest>()
let scheduler: Scheduler | undefined
let tokenizer: Promise<Tokenizer> | undefined
let schemas: Promise<Schemas> | undefined

const { emit } = answerCalls<ServeCalls>({
  open: (input) => {
    opening = input
    adapters = new AdapterPool({ maxBytes: input.adapterBytes })
    return null
  },
  addAdapter: ({ digest, adapter }) => {
    pool().add(digest, adapter)
    return null
  },
  submit: async ({ stop, schema, ...job }) => {
    const { dir, config } = opened()
    const { eos } = job
    scheduler ??= new Scheduler(await openDecoder(), events)
    // Most answers need neither: the tokenizer is read for the first that does.
    if (stop.length > 0) tokenizer ??= readTokenizer(dir)
    if (schema !== undefined) schemas ??= readVocabulary(dir, { size: config.vocab_size, eos })
    const text = tokenizer && stop.length > 0 ? { text: new AnswerText(await tokenizer, stop) } : {}
    const vocabulary = await schemas
    pin(job)
    scheduler.submit({
      ...job,
      ...text,
      ...(vocabulary && schema !== undefined ? { constraint: vocabulary.start(schema) } : {}),
    })
    return null
  },
  cancel: ({ id }) => {
    scheduler?.cancel(id)
    return null
  },
})

const send = (event: ServeEvent): void => emit(event)
const events: SchedulerEvents = {
  start: (id) => send({ kind: 'start', id }),
  token: (id, token, logprob) => send({ kind: 'token', id, token, ...(logprob ? { logprob } : {}) }),
  finish: (id, reason) => {
    unpin(id)
    send({ kind: 'finish', id, reason })
  },
  fail: (id, error) => {
    unpin(id)
    const reason = error instanceof Error ? error.message : String(error)
    send({ kind: 'fail', id, reason, ...(error instanceof TributaryError ? { error: error.toJSON() } : {}) })
  },
}

function opened(): Opening {
  if (opening) return opening
  throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
}

function pool(): AdapterPool {
  if (adapters) return adapters
  throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
}

function pin({ id, adapter }: { id: number; adapter?: Digest }): void {
  if (adapter === undefined) return
  pool().pin(adapter)
  pinned.set(id, adapter)
}

function unpin(id: number): void {
  const adapter = pinned.get(id)
  pinned.delete(id)
  if (adapter !== undefined) pool().unpin(adapter)
}

// Opened by the first request: a process that only trains keeps no second packed copy of the weights.
async function openDecoder(): Promise<Decoder> {
  const { graph, dir, threads, ...parts } = opened()
  return new Decoder({ ...parts, session: await openGraph(graph, { dir, threads }), adapters: pool() })
}

async function readTokenizer(dir: string): Promise<Tokenizer> {
  return createTokenizer(await readJson(dir, 'tokenizer.json'), await readJson(dir, 'tokenizer_config.json'))
}

async function readVocabulary(dir: string, model: { size: number; eos: number }): Promise<Schemas> {
  return new Schemas(new VocabularyIndex(await readJson(dir, 'tokenizer.json'), model))
}

async function readJson(dir: string, name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(dir, name), 'utf8'))
}
