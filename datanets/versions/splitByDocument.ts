import { digestOf, TributaryError, type Digest, type Sample } from '../../kernel/index.ts'
import { documentOf } from '../makeSample.ts'

/**
 * Splits samples into those to train on and those held out, whole documents at a time: sections of one page repeat one
 * another, so a page on both sides would flatter the held-out loss. Documents in the order of sha256(seed, document) are
 * held out until they hold `heldOutPpm` of the samples; at least one is held out and one kept. Order is kept on both sides.
 * A function of the set: the order of the samples does not matter. Throws datanets/one-document.
 */
export function splitByDocument<T extends Pick<Sample, 'source'>>(
  samples: readonly T[],
  { seed, heldOutPpm }: { seed: string; heldOutPpm: number },
): { train: T[]; heldOut: T[] } {
  const sizes = new Map<string, number>()
  for (const sample of samples) sizes.set(documentOf(sample), (sizes.get(documentOf(sample)) ?? 0) + 1)
  if (sizes.size < 2) {
    throw new TributaryError('All samples are of one document, so none can be held out.', {
      code: 'datanets/one-document',
      facts: { samples: samples.length, documents: sizes.size },
      tryThis: 'give samples of at least two documents: the part of `source` before # names the document',
    })
  }
  const order = [...sizes.keys()]
    .map((document): [Digest, string] => [digestOf(['tributary/held-out/1', seed, document]), document])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const heldOut = new Set<string>()
  let held = 0
  for (const [, document] of order.slice(0, -1)) {
    if (heldOut.size > 0 && held * 1_000_000 >= heldOutPpm * samples.length) break
    heldOut.add(document)
    held += sizes.get(document)!
  }
  return {
    train: samples.filter((sample) => !heldOut.has(documentOf(sample))),
    heldOut: samples.filter((sample) => heldOut.has(documentOf(sample))),
  }
}
