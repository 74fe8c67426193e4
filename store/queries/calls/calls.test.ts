import { expect, test } from 'vitest'
import { digestOf } from '../../../kernel/index.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { callsOf } from './callsOf.ts'
import { recordCall, type Call } from './recordCall.ts'

const call = (key: string, more: Partial<Call> = {}): Call => ({
  key,
  kind: 'tool',
  parent: null,
  workflow: 'w',
  run: 'r',
  agent: 'a',
  lineage: [],
  step: key,
  node: '',
  name: key,
  effect: 'write',
  state: 'done',
  failure: null,
  by: 'policy',
  policy: null,
  approval: null,
  provider: null,
  model: null,
  inputDigest: digestOf(key),
  outputDigest: digestOf('first'),
  costWei: null,
  inputTokens: null,
  outputTokens: null,
  attempt: 1,
  ms: 1,
  rssMiB: 1,
  atMs: 1,
  ...more,
})

describeOnBoth('calls', ({ open }) => {
  test('one row a key: a failure gives way to a success, a success to nothing, and the time is the first', async () => {
    const store = await open()
    await recordCall(store, call('a', { state: 'failed', failure: 'x/y', outputDigest: null, atMs: 5 }))
    await recordCall(store, call('a', { attempt: 2, atMs: 9, costWei: 2n ** 200n }))
    await recordCall(store, call('a', { attempt: 3, state: 'failed', failure: 'x/z', outputDigest: digestOf('later') }))
    expect(await callsOf(store, { workflow: 'w' })).toEqual([call('a', { attempt: 2, atMs: 5, costWei: 2n ** 200n })])
    await store.close()
  })

  test('the calls of 3 workflows under one come in their order, what was asked inside of a call right after it, by pages', async () => {
    const store = await open()
    await recordCall(store, call('inside', { kind: 'model', parent: 'late', atMs: 2 }))
    await recordCall(store, call('late', { atMs: 7 }))
    await recordCall(store, call('child', { workflow: 'w/c', lineage: ['w'], atMs: 4 }))
    await recordCall(store, call('deep', { workflow: 'x', lineage: ['w', 'w/c'], atMs: 5 }))
    await recordCall(store, call('other', { workflow: 'w2', lineage: ['w3'], atMs: 6 }))
    await recordCall(store, call('last', { atMs: 8 }))
    const keysOf = async (page: { workflow: string; from?: number; count?: number }) =>
      (await callsOf(store, page)).map(({ key }) => key)
    expect(await keysOf({ workflow: 'w' })).toEqual(['child', 'deep', 'late', 'inside', 'last'])
    expect(await keysOf({ workflow: 'w', from: 1, count: 2 })).toEqual(['deep', 'late'])
    expect(await keysOf({ workflow: 'w/c' })).toEqual(['child', 'deep'])
    expect(await keysOf({ workflow: 'nobody' })).toEqual([])
    await store.close()
  })
})
