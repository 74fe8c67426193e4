import { TributaryError, type Digest } from '../../kernel/index.ts'
import { openGraph } from '../graph/index.ts'
import { DecodeLoop } from '../serve/DecodeLoop.ts'
import { KeyValueCache } from '../serve/KeyValueCache.ts'
import { answerCalls } from './answerCalls.ts'
import type { ServeCalls, ServeEvent } from './serveCalls.ts'

const adapters = new Map<Digest, Float32Array>()
let loop: DecodeLoop | undefined
let opening: ServeCalls['open']['input'] | undefined

const { emit } = answerCalls<ServeCalls>({
  open: (input) => {
    opening = input
    return null
  },
  addAdapter: ({ digest, theta }) => {
    adapters.set(digest, theta)
    return null
  },
  submit: async (job) => {
    loop ??= await openLoop()
    loop.submit(job)
    return null
  },
  cancel: ({ id }) => {
    loop?.cancel(id)
    return null
  },
})

const send = (event: ServeEvent): void => emit(event)

// Opened by the first request: a process that only trains keeps no second packed copy of the weights.
async function openLoop(): Promise<DecodeLoop> {
  if (!opening) throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
  const { graph, dir, threads, config, layout, rows } = opening
  return new DecodeLoop({
    session: await openGraph(graph, { dir, threads }),
    cache: new KeyValueCache(config, { rows }),
    layout,
    adapters,
    events: {
      token: (id, token) => send({ kind: 'token', id, token }),
      finish: (id, reason) => send({ kind: 'finish', id, reason }),
      fail: (id, error) => send({ kind: 'fail', id, reason: error instanceof Error ? error.message : String(error) }),
    },
  })
}
