import type { DatanetCard } from '../../datanets/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { DatanetVersion } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** The roots of indexes that the card of a version names, where its digest is on chain; none in cards of before. */
export async function rootsOnChain(
  { blobs }: Pick<ToolContext, 'blobs'>,
  { cardDigest, tx }: Pick<DatanetVersion, 'cardDigest' | 'tx'>,
): Promise<Set<Digest>> {
  if (tx === null) return new Set()
  const card = JSON.parse(Buffer.from(await blobs.get(cardDigest)).toString()) as DatanetCard
  return new Set(card.indexes?.map(({ root }) => root))
}
