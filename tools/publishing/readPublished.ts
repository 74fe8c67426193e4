import type { Digest, PayeeId } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { epochIndex, epochPage, pageOf, type EpochIndex, type PayeeStatement } from './published.ts'

/** The index of a published epoch by its digest. Throws blobs/not-found, blobs/digest-mismatch. */
export async function readIndex({ blobs }: Pick<ToolContext, 'blobs'>, digest: Digest): Promise<EpochIndex> {
  return epochIndex.parse(JSON.parse(new TextDecoder().decode(await blobs.get(digest))))
}

/** What a published epoch says of one payee; undefined where it says nothing. Reads two files. */
export async function readStatement(
  ctx: Pick<ToolContext, 'blobs'>,
  published: Digest,
  payee: PayeeId,
): Promise<PayeeStatement | undefined> {
  const { pages } = await readIndex(ctx, published)
  const page = pageOf(pages, payee)
  if (!page) return undefined
  const { statements } = epochPage.parse(JSON.parse(new TextDecoder().decode(await ctx.blobs.get(page.digest))))
  return statements.find((statement) => statement.payee === payee)
}
