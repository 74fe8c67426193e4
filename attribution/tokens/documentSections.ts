import { canonicalBytes } from '../../kernel/index.ts'
import { bitsFor, pack } from './PackedArray.ts'
import type { Layout, Section } from './shardHeader.ts'
import type { DocumentFacts } from './TokenIndex.ts'

/** Symbols from one entry of `blocks` to the next. */
export const blockSymbols = 256

/**
 * Who holds which part of the text: digests of samples (those of clusters that begin elsewhere behind them), payees and
 * clusters by number, where each document starts, and the document at the start of each block.
 */
export function documentSections(
  facts: readonly DocumentFacts[],
  starts: ArrayLike<number>,
  textLength: number,
): { sections: Section[]; layout: Layout } {
  const digests = new Map<string, number>()
  for (const [i, { sample }] of facts.entries()) digests.set(sample, i)
  const ordered = facts.map(({ sample }) => sample as string)
  const clusters = facts.map(({ cluster }) => {
    const known = digests.get(cluster)
    if (known !== undefined) return known
    digests.set(cluster, ordered.length)
    return ordered.push(cluster) - 1
  })
  const names = new Map<string, number>()
  const payees = facts.map(({ payee }) => {
    if (!names.has(payee)) names.set(payee, names.size)
    return names.get(payee)!
  })
  const blocks = new Uint32Array(Math.ceil(textLength / blockSymbols))
  for (let block = 0, document = 0; block < blocks.length; block++) {
    while (document + 1 < facts.length && starts[document + 1]! <= block * blockSymbols) document++
    blocks[block] = document
  }
  const layout = {
    payeeBits: bitsFor(Math.max(0, names.size - 1)),
    clusterBits: bitsFor(Math.max(0, ordered.length - 1)),
    startBits: bitsFor(textLength),
    blockBits: bitsFor(Math.max(0, facts.length - 1)),
  }
  const bytesOf = (words: Uint32Array) => new Uint8Array(words.buffer)
  const sections = [
    { name: 'digests', bytes: new Uint8Array(Buffer.from(ordered.map((digest) => digest.slice(2)).join(''), 'hex')) },
    { name: 'payeeNames', bytes: canonicalBytes([...names.keys()]) },
    { name: 'payees', bytes: bytesOf(pack(payees, layout.payeeBits)) },
    { name: 'clusters', bytes: bytesOf(pack(clusters, layout.clusterBits)) },
    { name: 'starts', bytes: bytesOf(pack(starts, layout.startBits)) },
    { name: 'blocks', bytes: bytesOf(pack(blocks, layout.blockBits)) },
  ]
  return { sections, layout }
}
