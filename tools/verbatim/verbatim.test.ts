import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildIndex, slowIndex } from '../../attribution/index.ts'
import { readVersion } from '../../chain/index.ts'
import { digestBytes, digestText } from '../../kernel/index.ts'
import { eraseSamples, getSample, listSamples } from '../../store/index.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { publishCorpus } from '../testing/publishCorpus.ts'
import { toolCaller } from '../testing/toolCaller.ts'
import { tinyCorpus } from '../testing/trainTinyModel.ts'
import { composeTrace } from './composeTrace.ts'
import { coverText } from './coverText.ts'
import { checkTexts, heldVersion } from './heldVersion.ts'
import { indexFolder } from './indexFolder.ts'
import { symbolsOf } from './symbolsOf.ts'
import { textOf } from './textOf.ts'
import type { Trace } from './trace.ts'

const datanet = 'rivers'
let edges: TestContext
const call = toolCaller(() => edges.ctx, 'verbatim')

const bring = (corpus: Record<string, string>[]) => publishCorpus(call, edges.ctx, { datanet, corpus })

const own = 'At the confluence the grey heron counts eleven barges and one very small steam launch.'
const addition = {
  prompt: 'What does the heron count?',
  completion: `${own} Nobody knows why it does so, and it has never told anybody.`,
  contributor: 'npm:heron',
  licence: 'MIT',
  source: 'heron.md',
}

beforeAll(async () => {
  edges = await openTestContext()
})
afterAll(() => edges.close())

describe('a Datanet from publication to takedown', () => {
  test('without an index a text cannot be traced', async () => {
    await expect(call('trace_text', { text: 'What?' })).rejects.toMatchObject({ code: 'attribution/no-index' })
  })

  test('publishing builds the indexes over tokens and bytes, and their roots are in the card that is on chain', async () => {
    const { root, card } = await bring(tinyCorpus())
    const { indexes } = await call('index_datanet', { datanet })
    expect(indexes.map(({ alphabet, documents, added, onChain }) => [alphabet, documents, added, onChain])).toEqual([
      ['tokens', 24, 0, true],
      ['bytes', 24, 0, true],
    ])
    const stored = await edges.ctx.blobs.get(card)
    expect((await readVersion(edges.ctx.chain, root))?.card).toBe(card)
    expect(digestBytes(stored)).toBe(card)
    for (const { root: index } of indexes) expect(Buffer.from(stored).toString()).toContain(index)
  })

  test('a text of two contributors and of nobody is traced to both, by bytes and by tokens, and shares sum to 1,000,000', async () => {
    const [danube, volga] = tinyCorpus().filter(({ source }) => source?.endsWith('floods.md'))
    const text = `Höher hinaus! ${danube!['completion']!.slice(0, 70)} — ${volga!['completion']!.slice(0, 70)} 東京`
    const byBytes = await call('trace_text', { text })
    const { tokenizerDigest: tokenizer } = edges.ctx.engine.base
    const byTokens = await call('trace_text', { text, tokenizer, datanet })
    expect([byBytes.alphabet, byTokens.alphabet]).toEqual(['bytes', 'tokens'])
    for (const trace of [byBytes, byTokens]) {
      expect(trace.payees.map(({ payee }) => payee)).toEqual(expect.arrayContaining(['npm:danube', 'npm:volga']))
      const shares = trace.payees.reduce((sum, { sharePpm }) => sum + sharePpm, 0)
      expect(shares + trace.unexplainedPpm).toBe(1_000_000)
      expect(trace.unexplainedPpm).toBeGreaterThan(0)
      expect(trace.label).toContain('not causation')
      for (const { start, end, places } of trace.spans) {
        for (const { words } of places) expect(words).toBe(text.slice(start, end))
      }
    }
    expect(byBytes.spans.length).toBeGreaterThan(0)
  })

  test('a new version appends its one new sample, which is found at once, and the merge in the background leaves one shard', async () => {
    expect((await call('trace_text', { text: own })).unexplainedPpm).toBeGreaterThan(900_000)
    await bring([...tinyCorpus(), addition])
    const { started } = edges.workflows
    expect(started.filter(({ workflow }) => workflow === 'mergeIndexes')).toHaveLength(1)
    const trace = await call('trace_text', { text: own })
    expect(trace.payees.map(({ payee }) => payee)).toEqual(['npm:heron'])
    expect(trace.spans[0]?.places[0]).toMatchObject({ datanet, source: 'heron.md', payee: 'npm:heron' })
    await edges.workflows.result(started.at(-1)!.id)
    const merged = await call('merge_index', { datanet })
    expect(merged.indexes.map(({ shards }) => shards)).toEqual([1, 1])
    expect(await call('trace_text', { text: own })).toMatchObject({ payees: trace.payees, spans: trace.spans })
    const { indexes } = await call('verify_index', { datanet, deep: true })
    // Its files have another root than the card names; what it holds is the version still.
    expect(indexes.map(({ documents, onChain, version }) => [documents, onChain, version])).toEqual([
      [25, false, 2],
      [25, false, 2],
    ])
  })

  test('an index of which one byte was changed is refused by its root, and answers again when the byte is back', async () => {
    const dir = indexFolder(edges.ctx, datanet, 'bytes')
    const shard = readdirSync(dir, { recursive: true, withFileTypes: true }).find(
      (entry) => entry.isFile() && !entry.name.endsWith('.json'),
    )!
    const file = join(shard.parentPath, shard.name)
    const whole = readFileSync(file)
    const edited = Buffer.from(whole)
    edited[edited.length - 9]! ^= 1
    writeFileSync(file, edited)
    await expect(call('verify_index', { datanet })).rejects.toMatchObject({ code: 'attribution/shard-edited' })
    writeFileSync(file, whole)
    expect((await call('verify_index', { datanet })).indexes).toHaveLength(2)
  })

  test('a sample that is taken down is found no more, its text is gone, and another version does not bring it back', async () => {
    const samples = await listSamples(edges.ctx.store, { datanet })
    const heron = samples.find(({ payee }) => payee === 'npm:heron')!
    const taken = await call('take_down_samples', { samples: [heron.id, digestText('nobody')] }).catch(
      (e: unknown) => e,
    )
    expect(taken).toMatchObject({ code: 'store/not-found' })
    const { erased, indexes } = await call('take_down_samples', { samples: [heron.id] })
    expect([erased, indexes.map(({ takenDown }) => takenDown)]).toEqual([1, [1]])
    expect((await call('trace_text', { text: own })).payees).toEqual([])
    await edges.workflows.result(indexes[0]!.merge)
    const again = await call('index_datanet', { datanet })
    expect(again.indexes.map(({ documents, added }) => [documents, added])).toEqual([
      [24, 0],
      [24, 0],
    ])
    expect((await listSamples(edges.ctx.store, { datanet })).map(({ id }) => id)).not.toContain(heron.id)
  })

  test('a sample that has left the version is taken down by the next index_datanet, once', async () => {
    const [left] = await listSamples(edges.ctx.store, { datanet })
    await eraseSamples(edges.ctx.store, { ids: [left!.id] })
    for (const gone of [1, 0]) {
      const { indexes } = await call('index_datanet', { datanet })
      expect(indexes.map(({ documents, takenDown }) => [documents, takenDown])).toEqual([
        [23, gone],
        [23, gone],
      ])
    }
  })
})

test('an index over the tokens of another base is no answer to this one’s, and is built anew by index_datanet', async () => {
  const { ctx } = edges
  const { tokenizerDigest: tokenizer } = ctx.engine.base
  const dir = indexFolder(ctx, datanet, 'tokens')
  const before = await call('trace_text', { text: own, tokenizer, datanet })
  rmSync(dir, { recursive: true })
  await buildIndex({ dir, alphabet: 'tokens', tokenizer: digestText('another'), documents: [] })
  await expect(call('trace_text', { text: own, tokenizer, datanet })).rejects.toMatchObject({
    code: 'attribution/other-tokenizer',
  })
  const { indexes } = await call('index_datanet', { datanet })
  expect(indexes.map(({ tokenizer: of, added }) => [of === tokenizer, added])).toEqual([
    [true, 23],
    [false, 0],
  ])
  expect(await call('trace_text', { text: own, tokenizer, datanet })).toMatchObject({ spans: before.spans })
})

test('a sample that two Datanets hold is told of both, and counts once', async () => {
  const [sample] = await listSamples(edges.ctx.store, { datanet })
  const document = {
    symbols: Buffer.from(textOf(sample!)),
    sample: sample!.id,
    payee: sample!.payee,
    cluster: sample!.id,
  }
  const others = ['Quite another text of nobody at all.', 'And a third one, of somebody else.'].map((text) => {
    return { symbols: Buffer.from(text), sample: digestText(text), payee: sample!.payee, cluster: digestText(text) }
  })
  const index = () => slowIndex([document, ...others], 'bytes')
  const trace = (...names: string[]) =>
    composeTrace({
      text: `They say: ${sample!.completion}`,
      indexes: names.map((name) => ({ datanet: name, index: index() })),
      tokenizer: edges.ctx.engine.base.tokenizer,
      sampleOf: (id) => getSample(edges.ctx.store, { id }),
      places: 5,
    })
  const [one, two] = [await trace('rivers'), await trace('rivers', 'copy')]
  expect(two.spans[0]!.places.map((place) => place.datanet)).toEqual(['rivers', 'copy'])
  expect([two.spans[0]!.count, two.spans[0]!.clusters]).toEqual([2, 1])
  expect([two.payees, two.unexplainedPpm]).toEqual([one.payees, one.unexplainedPpm])
})

test('an index that holds another text than a sample has, under its id, is found by verify_index with deep', async () => {
  const samples = await listSamples(edges.ctx.store, { datanet })
  const documentOf = ({ id, payee }: (typeof samples)[number], text: string) => ({
    symbols: Buffer.from(text),
    sample: id,
    payee,
    cluster: id,
  })
  const [first, ...rest] = samples
  const forged = slowIndex([documentOf(first!, own), ...rest.map((s) => documentOf(s, textOf(s)))], 'bytes')
  const honest = slowIndex(
    samples.map((s) => documentOf(s, textOf(s))),
    'bytes',
  )
  expect(() => checkTexts(edges.ctx, forged, samples)).toThrow(
    expect.objectContaining({ code: 'attribution/other-text', facts: expect.objectContaining({ sample: first!.id }) }),
  )
  checkTexts(edges.ctx, honest, samples)
  expect(
    await heldVersion(
      edges.ctx,
      datanet,
      samples.slice(1).map(({ id }) => id),
    ),
  ).toBe(null)
})

test('symbols of a text lead back to it: each span of bytes is cut to whole characters, tokens lie side by side', () => {
  const { tokenizer } = edges.ctx.engine.base
  const text = 'Größe: 東京 👩‍🔬 ok'
  const bytes = symbolsOf(text, 'bytes', tokenizer)
  expect(bytes.endOf(bytes.symbols.length)).toBe(text.length)
  const umlaut = Buffer.from('Gr').length
  expect([bytes.startOf(umlaut), bytes.startOf(umlaut + 1), bytes.endOf(umlaut + 1)]).toEqual([2, 3, 2])
  const tokens = symbolsOf(text, 'tokens', tokenizer)
  const pieces = Array.from({ length: tokens.symbols.length }, (_, i) =>
    text.slice(tokens.startOf(i), tokens.endOf(i + 1)),
  )
  expect(pieces.join('')).toBe(text)
  expect(() => symbolsOf('\uD800', 'bytes', tokenizer)).toThrow(
    expect.objectContaining({ code: 'attribution/no-text' }),
  )
})

test('a text in pieces is the text; where spans overlap the one that fewer texts hold has the words', () => {
  const span = (start: number, end: number, clusters: number | null) =>
    ({ start, end, clusters }) as Trace['spans'][number]
  const pieces = coverText('abcdefghij', [span(0, 5, 3), span(3, 7, 1), span(6, 10, null)])
  expect(pieces).toEqual([
    { text: 'abc', span: 0 },
    { text: 'defg', span: 1 },
    { text: 'hij', span: 2 },
  ])
})
