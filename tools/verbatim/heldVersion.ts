import { contentOf, type TokenIndex } from '../../attribution/index.ts'
import { TributaryError, type Digest, type Sample } from '../../kernel/index.ts'
import { listVersions, sampleStates } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { documentsRoot } from './indexOfVersion.ts'
import { symbolsOf } from './symbolsOf.ts'
import { textOf } from './textOf.ts'

/**
 * The version whose samples an index holds, all that have their texts and no others; null where it is of none. Unlike the root of
 * its files, that does not change when shards are merged. Cost: one query a version, the newest first.
 */
export async function heldVersion(
  { store }: Pick<ToolContext, 'store'>,
  datanet: string,
  held: readonly Digest[],
): Promise<number | null> {
  const documents = documentsRoot(held)
  for (const { number, root } of (await listVersions(store, { datanet })).toReversed()) {
    if (root === documents) return number
    const states = await sampleStates(store, { datanet, number })
    const left = states.flatMap(({ id, erasedAtMs }) => (erasedAtMs === null ? [id] : []))
    if (documentsRoot(left) === documents) return number
  }
  return null
}

/**
 * Compares each text that an index holds with its sample's, whose id covers it. Cost: one pass over both.
 * Throws attribution/other-text.
 */
export function checkTexts(
  { engine }: Pick<ToolContext, 'engine'>,
  index: Pick<TokenIndex, 'alphabet' | 'contents'>,
  samples: readonly Sample[],
): void {
  const { alphabet } = index
  const texts = new Map(samples.map((sample) => [sample.id, sample]))
  for (const { sample: id, content, payee } of index.contents()) {
    const sample = texts.get(id)
    const due = sample && contentOf(symbolsOf(textOf(sample), alphabet, engine.base.tokenizer).symbols, alphabet)
    if (due === content && sample?.payee === payee) continue
    throw new TributaryError('This index holds a text that is not the one of its sample.', {
      code: 'attribution/other-text',
      facts: { sample: id, alphabet, inStore: sample !== undefined },
      tryThis: 'build the index again from the samples: move its folder away, then tributary tools index-datanet',
    })
  }
}
