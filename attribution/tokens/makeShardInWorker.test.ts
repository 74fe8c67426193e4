import { expect, test } from 'vitest'
import { digestOf } from '../../kernel/index.ts'
import { inputOf } from './gatherDocuments.ts'
import { makeShard } from './makeShard.ts'
import { makeShardInWorker } from './makeShardInWorker.ts'
import { documentsOf } from './testing/indexOf.ts'

const size = 300_000
let state = 1
const random = (below: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return (state >>> 8) % below
}
const passage = Array.from({ length: 300 }, () => random(200))
const texts: Record<string, () => number[]> = {
  'of 200 symbols at random': () => Array.from({ length: size }, () => random(200)),
  'of one passage again and again': () => Array.from({ length: size }, (_, i) => passage[i % 300]!),
  'of one symbol': () => Array.from({ length: size }, () => 7),
}

for (const [name, make] of Object.entries(texts)) {
  test(`a text of 300,000 ${name} gives the same root by two threads as by one, in both alphabets and variants`, async () => {
    const symbols = make()
    const documents = documentsOf([symbols.slice(0, size / 3), symbols.slice(size / 3)])
    for (const alphabet of ['tokens', 'bytes'] as const) {
      for (const variant of ['plain', 'compressed'] as const) {
        const kind = { alphabet, variant, tokenizer: digestOf(alphabet) }
        const phases = new Set<string>()
        const input = inputOf(documents, size + 2, kind)
        const { root } = await makeShardInWorker(input, { tell: ({ phase }) => phases.add(phase) })
        expect(root).toBe(makeShard(input).root)
        expect(phases).toContain('sort')
      }
    }
  })
}

test('a build that is stopped while two threads sort rejects with the reason, and both threads end', async () => {
  const kind = { alphabet: 'tokens', variant: 'plain', tokenizer: digestOf('any') } as const
  const input = inputOf(documentsOf([texts['of 200 symbols at random']!()]), size + 1, kind)
  const stop = new AbortController()
  const making = makeShardInWorker(input, { tell: () => stop.abort(new Error('enough')), signal: stop.signal })
  await expect(making).rejects.toThrow('enough')
})
