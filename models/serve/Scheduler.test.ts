import { beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { openGraph, serveGraph, tinyLlama } from '../graph/index.ts'
import { tempDir } from '../graph/reference/tempDir.ts'
import { AdapterPool } from './AdapterPool.ts'
import { Decoder, type DecodeRow } from './Decoder.ts'
import { Scheduler, type Job } from './Scheduler.ts'

const { dir, config, weights } = tinyLlama(tempDir(), { seed: 3, config: { max_position_embeddings: 768 } })
const graph = serveGraph(config, weights, { projections: [], maxPositions: 768 }).encode()
let session: Awaited<ReturnType<typeof openGraph>>
beforeAll(async () => {
  session = await openGraph(graph, { dir })
})

/** The scheduler over the real decoder, whose calls are noted; `fault` may fail one. */
function open({ rows = 4, fault }: { rows?: number; fault?: (call: string) => void } = {}) {
  const adapters = new AdapterPool({ maxBytes: 2 ** 20 })
  const base = digestText('base')
  const parts = { session, config, base, adapters, projections: [], rows, contextTokens: 768, prefixBytes: 0 }
  const decoder = new Decoder(parts)
  const names = new Map<DecodeRow, string>()
  const calls: string[] = []
  const note = (call: string): void => {
    calls.push(call)
    fault?.(call)
  }
  const noted = {
    get free() {
      return decoder.free
    },
    admit: (request: Parameters<Decoder['admit']>[0]) => {
      const row = decoder.admit(request)
      names.set(row, `${(request as Job).id}`)
      return row
    },
    prefill: async (row: DecodeRow) => {
      note(`prefill ${names.get(row)}`)
      return decoder.prefill(row)
    },
    step: async (wanted: Parameters<Decoder['step']>[0]) => {
      note(`step ${wanted.map(({ row }) => names.get(row)).join()}`)
      return decoder.step(wanted)
    },
    release: (row: DecodeRow) => {
      calls.push(`release ${names.get(row)}`)
      decoder.release(row)
    },
  }
  const ended = new Map<number, string>()
  const tokens = new Map<number, number[]>()
  let onToken: (id: number) => void = () => undefined
  const { promise, resolve } = Promise.withResolvers<void>()
  let open = 0
  const end = (id: number, how: string): void => {
    ended.set(id, how)
    if (--open === 0) resolve()
  }
  const scheduler = new Scheduler(noted, {
    start: () => undefined,
    token: (id, token) => {
      tokens.set(id, [...(tokens.get(id) ?? []), token])
      onToken(id)
    },
    finish: end,
    fail: (id, error) => end(id, error instanceof Error ? error.message : String(error)),
  })
  const submit = (id: number, prompt: number, maxTokens: number, payer = 'a'): void => {
    open++
    const promptIds = Int32Array.from({ length: prompt }, (_, i) => (7 * i + id) % config.vocab_size)
    scheduler.submit({ id, payer, promptIds, maxTokens, temperature: 1, topP: 1, seed: id, eos: -1 })
  }
  return {
    decoder,
    scheduler,
    submit,
    calls,
    ended,
    tokens,
    done: promise,
    whenToken: (listener: (id: number) => void) => void (onToken = listener),
  }
}

test('a prompt of 640 tokens enters in 10 chunks with a step of the others between any two, and lets a short one in before it', async () => {
  const { submit, calls, done, whenToken, ended } = open()
  submit(1, 10, 60)
  let isFirst = true
  whenToken(() => {
    if (!isFirst) return
    isFirst = false
    submit(2, 640, 5)
    submit(3, 20, 5)
  })
  await done
  expect(calls.filter((call) => call === 'prefill 2')).toHaveLength(10)
  for (const [i, call] of calls.entries())
    if (call.startsWith('prefill') && i > 0 && calls.slice(0, i).includes('step 1'))
      expect(calls[i - 1]).toMatch(/^(step|release)/)
  // The short one has its answer while the long one is still entering.
  expect(calls.indexOf('release 3')).toBeLessThan(calls.lastIndexOf('prefill 2'))
  expect([...ended.values()]).toEqual(['length', 'length', 'length'])
})

test('a job that is cancelled while its prompt enters, decodes or waits is over at once, and its row goes to the next', async () => {
  const { submit, scheduler, calls, done, whenToken, ended, tokens, decoder } = open({ rows: 2 })
  submit(1, 10, 500)
  submit(2, 640, 500)
  submit(3, 10, 500)
  submit(4, 10, 5)
  let count = 0
  whenToken((id) => {
    if (id !== 1 || ++count !== 4) return
    for (const other of [2, 3, 1]) scheduler.cancel(other)
    scheduler.cancel(1)
    expect(scheduler.waiting).toBe(1)
  })
  await done
  expect([...ended].toSorted(([a], [b]) => a - b)).toEqual([
    [1, 'cancelled'],
    [2, 'cancelled'],
    [3, 'cancelled'],
    [4, 'length'],
  ])
  expect(tokens.get(1)).toHaveLength(4)
  expect(calls.filter((call) => call === 'prefill 2').length).toBeLessThan(6)
  expect(calls.filter((call) => call.endsWith(' 3'))).toEqual([])
  expect(decoder.free).toBe(2)
  expect(scheduler.running).toBe(0)
})

test('a prompt that fails ends its own job alone; a step that fails ends those in it; the others are answered as without', async () => {
  const plain = open()
  for (const id of [1, 2, 3]) plain.submit(id, 70, 8)
  await plain.done
  let steps = 0
  const faulty = open({
    rows: 2,
    fault: (call) => {
      if (call === 'prefill 1') throw new Error('no memory')
      if (call.startsWith('step') && call.includes('2') && ++steps === 3) throw new Error('a step failed')
    },
  })
  for (const id of [1, 2, 3]) faulty.submit(id, 70, 8)
  await faulty.done
  expect(faulty.ended.get(1)).toBe('no memory')
  expect(faulty.ended.get(2)).toBe('a step failed')
  expect(faulty.decoder.free).toBe(2)
  const again = open({ rows: 1 })
  again.submit(3, 70, 8)
  await again.done
  expect(again.tokens.get(3)).toEqual(plain.tokens.get(3))
})

test('20 jobs of one payer over 2 rows: the job of another gets the next free row', async () => {
  const { submit, done, ended } = open({ rows: 2 })
  for (let id = 1; id <= 20; id++) submit(id, 10, 6, 'many')
  submit(100, 10, 6, 'one')
  await done
  expect([...ended.keys()].indexOf(100)).toBeLessThanOrEqual(3)
})
