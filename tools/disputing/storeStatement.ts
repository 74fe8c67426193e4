import { canonicalBytes, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** Keeps what a party says, and returns its digest: that is what the chain holds. */
export async function storeStatement(
  { blobs }: Pick<ToolContext, 'blobs'>,
  { kind, subject, text }: { kind: 'challenge' | 'answer'; subject: Digest; text: string },
): Promise<Digest> {
  return blobs.put(canonicalBytes({ v: 1, kind: `tributary/dispute-${kind}`, subject, text }))
}
