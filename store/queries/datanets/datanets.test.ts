import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  decisionSchema,
  digestOf,
  digestText,
  payeeIdString,
  sampleSchema,
  type Sample,
} from '../../../kernel/index.ts'
import type { Store } from '../../store.ts'
import { codeOf } from '../../testing/codeOf.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { addContributions } from './addContributions.ts'
import { eraseSamples } from './eraseSamples.ts'
import { getSample } from './getSample.ts'
import { getVersion } from './getVersion.ts'
import { listContributions } from './listContributions.ts'
import { listDecisions } from './listDecisions.ts'
import { listSamples } from './listSamples.ts'
import { markBatchOnChain } from './markBatchOnChain.ts'
import { markRevealed } from './markRevealed.ts'
import { markVersionOnChain } from './markVersionOnChain.ts'
import { openDatanet } from './openDatanet.ts'
import { recordDecisions } from './recordDecisions.ts'
import { sampleStates } from './sampleStates.ts'
import { samplesOfVersion } from './samplesOfVersion.ts'
import { saveVersion } from './saveVersion.ts'

function makeSample(name: string): Sample {
  const fields = {
    prompt: `${name} \u0000`,
    completion: 'Böö',
    payee: payeeIdString.parse('npm:a'),
    licence: 'MIT',
    source: name,
  }
  return sampleSchema.parse({ id: digestOf(fields), ...fields })
}
const batch = (samples: Sample[], name: string) => ({
  datanet: 'net',
  batchRoot: digestText(name),
  items: samples.map((sample) => ({
    sample,
    salt: digestText(`s${sample.id}`),
    commitment: digestText(`c${sample.id}`),
  })),
})

describeOnBoth('Datanets', ({ open }) => {
  let store: Store
  const samples = Array.from({ length: 2_500 }, (_, i) => makeSample(`sample ${i}`))
  beforeAll(async () => {
    store = await open()
    await openDatanet(store, { id: 'net', title: 'Net' })
  })
  afterAll(() => store.close())

  test('2,500 contributions keep their order over two batches, and a batch sent twice adds nothing', async () => {
    expect(await addContributions(store, batch(samples.slice(0, 1_500), 'one'))).toEqual({ added: 1_500 })
    expect(await addContributions(store, batch(samples.slice(0, 1_500), 'one'))).toEqual({ added: 0 })
    // The later batch repeats a sample of the first: whoever came first stays first.
    expect(await addContributions(store, batch([...samples.slice(1_500), samples[3]!], 'two'))).toEqual({
      added: 1_000,
    })
    expect(await listSamples(store, { datanet: 'net' })).toEqual(samples)
    expect(await listSamples(store, { datanet: 'net', from: 1_499, limit: 2 })).toEqual(samples.slice(1_499, 1_501))
    expect(await codeOf(addContributions(store, { ...batch([], 'x'), datanet: 'no' }))).toBe('store/not-found')
  })

  test('a batch is put on chain and revealed without touching the other one', async () => {
    await markBatchOnChain(store, { datanet: 'net', batchRoot: digestText('one'), tx: digestText('tx') })
    await markRevealed(store, { datanet: 'net', batchRoot: digestText('one'), atMs: 5 })
    await markRevealed(store, { datanet: 'net', batchRoot: digestText('one'), atMs: 6 })
    const rows = await listContributions(store, { datanet: 'net' })
    expect(rows.filter(({ batchTx, revealedAtMs }) => batchTx === digestText('tx') && revealedAtMs === 5)).toHaveLength(
      1_500,
    )
    expect(rows.filter(({ batchTx, revealedAtMs }) => batchTx === null && revealedAtMs === null)).toHaveLength(1_000)
  })

  test('the first decision about a sample stands, and a batch with an unknown sample is stored not at all', async () => {
    const decide = (sample: Sample, verdict: 'accept' | 'reject') =>
      decisionSchema.parse({ sample: sample.id, verdict, rule: 'quality/length', reason: 'Too short.' })
    const first = samples.slice(0, 3).map((sample) => decide(sample, 'accept'))
    await recordDecisions(store, { datanet: 'net', curation: 'c1', decisions: first })
    await recordDecisions(store, { datanet: 'net', curation: 'c1', decisions: [decide(samples[0]!, 'reject')] })
    const mixed = [decide(samples[9]!, 'accept'), decide(makeSample('stranger'), 'accept')]
    expect(await codeOf(recordDecisions(store, { datanet: 'net', curation: 'c1', decisions: mixed }))).toBe(
      'store/query-failed',
    )
    expect(await listDecisions(store, { datanet: 'net', curation: 'c1' })).toEqual(first)
  })

  test('versions are numbered from 1, keep the order of their leaves, and one root is one version', async () => {
    const ids = [samples[7]!, samples[2]!].map(({ id }) => id)
    const record = {
      datanet: 'net',
      root: digestText('r1'),
      licences: ['MIT'],
      cardDigest: digestText('card'),
      curation: 'c1',
      samples: ids,
    }
    expect(await saveVersion(store, record)).toMatchObject({
      number: 1,
      sampleCount: 2,
      licences: ['MIT'],
      blockHash: null,
    })
    expect((await saveVersion(store, record)).number).toBe(1)
    expect((await saveVersion(store, { ...record, root: digestText('r2') })).number).toBe(2)
    expect((await samplesOfVersion(store, { datanet: 'net', number: 1 })).map(({ id }) => id)).toEqual(ids)
    await markVersionOnChain(store, { datanet: 'net', number: 1, tx: digestText('tx') })
    await markVersionOnChain(store, { datanet: 'net', number: 1, blockHash: digestText('block') })
    expect(await getVersion(store, { root: digestText('r1') })).toMatchObject({
      tx: digestText('tx'),
      blockHash: digestText('block'),
    })
    expect((await getVersion(store, { datanet: 'net' })).number).toBe(2)
  })

  test('erasing a sample drops its bytes and keeps digest, payee and licence', async () => {
    const { id } = samples[2]!
    expect(await eraseSamples(store, { ids: [id], atMs: 7 })).toBe(1)
    expect(await eraseSamples(store, { ids: [id], atMs: 8 })).toBe(0)
    const states = await sampleStates(store, { datanet: 'net', number: 1 })
    expect(states.filter(({ erasedAtMs }) => erasedAtMs !== null)).toEqual([{ id, erasedAtMs: 7 }])
    expect(await codeOf(getSample(store, { id }))).toBe('store/erased')
    expect(await codeOf(samplesOfVersion(store, { datanet: 'net', number: 1 }))).toBe('store/erased')
    expect(await listSamples(store, { datanet: 'net' })).toHaveLength(2_499)
    expect(await listContributions(store, { datanet: 'net' })).toHaveLength(2_500)
    const ids = [samples[0]!.id, digestText('nobody')]
    expect(await codeOf(eraseSamples(store, { ids }))).toBe('store/not-found')
    expect((await getSample(store, { id: samples[0]!.id })).id).toBe(samples[0]!.id)
  })
})
