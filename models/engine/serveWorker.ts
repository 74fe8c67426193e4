import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { openGraph } from '../graph/index.ts'
import { createTokenizer, type Tokenizer } from '../load/Tokenizer.ts'
import { SchemaService } from '../schema/SchemaService.ts'
import { AnswerText } from '../serve/AnswerText.ts'
import { Decoder } from '../serve/Decoder.ts'
import { KeyValueCache } from '../serve/KeyValueCache.ts'
import { Scheduler, type SchedulerEvents } from '../serve/Scheduler.ts'
import { answerCalls } from './answerCalls.ts'
import type { ServeCalls, ServeEvent } from './serveCalls.ts'

type Opening = ServeCalls['open']['input']

const adapters = new Map<Digest, Float32Array>()
let opening: Opening | undefined
let scheduler: Scheduler | undefined
let tokenizer: Promise<Tokenizer> | undefined
let schemas: SchemaService | undefined

const { emit } = answerCalls<ServeCalls>({
  open: (input) => {
    opening = input
    return null
  },
  addAdapter: ({ digest, theta }) => {
    adapters.set(digest, theta)
    return null
  },
  submit: async ({ stop, schema, ...job }) => {
    const { dir, config } = opened()
    scheduler ??= new Scheduler(await openDecoder(), events)
    // Most answers need neither: the tokenizer is read for the first stop string.
    if (stop.length > 0) tokenizer ??= readTokenizer(dir)
    if (schema !== undefined) schemas ??= new SchemaService({ dir, eos: job.eos, vocabulary: config.vocab_size })
    scheduler.submit({
      ...job,
      ...(tokenizer && stop.length > 0 ? { text: new AnswerText(await tokenizer, stop) } : {}),
      ...(schemas && schema !== undefined ? { constraint: schemas.start(schema) } : {}),
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
  finish: (id, reason) => send({ kind: 'finish', id, reason }),
  fail: (id, error) => {
    const reason = error instanceof Error ? error.message : String(error)
    send({ kind: 'fail', id, reason, ...(error instanceof TributaryError ? { error: error.toJSON() } : {}) })
  },
}

function opened(): Opening {
  if (opening) return opening
  throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
}

// Opened by the first request: a process that only trains keeps no second packed copy of the weights.
async function openDecoder(): Promise<Decoder> {
  const { graph, dir, threads, config, layout, rows } = opened()
  const session = await openGraph(graph, { dir, threads })
  return new Decoder({ session, cache: new KeyValueCache(config, { rows }), layout, adapters })
}

async function readTokenizer(dir: string): Promise<Tokenizer> {
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(dir, name), 'utf8'))
  return createTokenizer(await read('tokenizer.json'), await read('tokenizer_config.json'))
}
