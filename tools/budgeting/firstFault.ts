import { verifyLine } from '../../chain/index.ts'
import type { Address, Digest } from '../../kernel/index.ts'
import { traceDigest, traceStart } from '../../store/index.ts'

export type SignedLine = {
  subject: string
  position: number
  key: string
  kind: string
  body: string
  previous: Digest
  digest: Digest
  signature: string
  atMs: number
}

/**
 * The first line of a trail that does not hold by itself, with why: each is of the subject, hashed over the one before, signed by its
 * owner, and tells nothing that `faultOf` finds wrong. A trail that does not begin at 0 is checked from its first line on.
 * Needs neither store nor chain.
 */
export async function firstFault(
  { signer, subject, chainId, lines }: { signer: Address; subject: string; chainId: number; lines: readonly SignedLine[] },
  faultOf: (line: SignedLine) => string | undefined,
): Promise<{ line: SignedLine; reason: string } | undefined> {
  let [previous, position] = [lines[0]?.position ? lines[0].previous : traceStart, lines[0]?.position ?? 0]
  for (const line of lines) {
    const { signature, digest } = line
    if (line.subject !== subject) return { line, reason: 'it is of another signer' }
    if (line.position !== position || line.previous !== previous) return { line, reason: 'a line before it is missing' }
    if (traceDigest(line) !== digest) return { line, reason: 'its digest is not that of its content' }
    if (!(await verifyLine(digest, { chainId, signature, signer }))) return { line, reason: 'its owner did not sign it' }
    const reason = faultOf(line)
    if (reason !== undefined) return { line, reason }
    previous = digest
    position++
  }
  return undefined
} // prettier-ignore
