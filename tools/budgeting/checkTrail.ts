import type { z } from 'zod'
import { verifyLine } from '../../chain/index.ts'
import { TributaryError } from '../../kernel/index.ts'
import { budgetSubject, traceDigest, traceStart } from '../../store/index.ts'
import type { budgetTrail } from '../budgetTrail.ts'

type Trail = z.output<typeof budgetTrail.output>
type Line = { amountWei?: string; code?: string | null; checks?: { limitWei: string; beforeWei: string; afterWei: string; holds: boolean }[] } // prettier-ignore

/**
 * Checks a trail by itself, without store or chain: each line is hashed over the one before and signed by the wallet; what
 * was allowed is within every limit that it names; what was denied names one that it is not. A trail that does not begin
 * at 0 is checked from its first line on. Throws budget/trail-broken with the first line that is wrong.
 */
export async function checkTrail({ wallet, chainId, lines }: Trail): Promise<{ lines: number; allowed: number; denied: number }> {
  const count = { lines: lines.length, allowed: 0, denied: 0 }
  let [previous, position] = [lines[0]?.position ? lines[0].previous : traceStart, lines[0]?.position ?? 0]
  for (const line of lines) {
    const { signature, digest } = line
    if (line.subject !== budgetSubject(wallet)) throw broken(line, 'it is of another wallet')
    if (line.position !== position || line.previous !== previous) throw broken(line, 'a line before it is missing')
    if (traceDigest(line) !== digest) throw broken(line, 'its digest is not that of its content')
    if (!(await verifyLine(digest, { chainId, signature, signer: wallet }))) throw broken(line, 'the wallet did not sign it')
    const body = JSON.parse(line.body) as Line
    const fault = faultOf(line.kind, body)
    if (fault !== undefined) throw broken(line, fault)
    if (line.kind === 'budget/allow') count.allowed++
    if (line.kind === 'budget/deny') count.denied++
    previous = digest
    position++
  }
  return count
} // prettier-ignore

function faultOf(kind: string, { checks = [], code = null }: Line): string | undefined {
  const wrong = checks.some(({ limitWei, beforeWei, afterWei, holds }) => {
    const grows = BigInt(afterWei) > BigInt(beforeWei)
    return holds === (grows && BigInt(afterWei) > BigInt(limitWei))
  })
  if (wrong) return 'a limit is said to hold that does not, or not to hold that does'
  const isOver = checks.some(({ holds }) => !holds)
  if (kind === 'budget/allow' && (isOver || code !== null)) return 'it allows what a limit forbids'
  if (kind === 'budget/deny' && !isOver && code !== 'budget/approval-used') return 'it denies what every limit allows'
  return undefined
}

function broken({ position, key }: Trail['lines'][number], reason: string): TributaryError {
  return new TributaryError('A line of the budget’s trail is not what it says.', {
    code: 'budget/trail-broken',
    facts: { position, key, reason },
    tryThis: 'get the trail again from its source; a line that was changed can’t be trusted, nor can those after it',
  })
}
