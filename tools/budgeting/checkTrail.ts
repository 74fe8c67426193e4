import type { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { budgetSubject } from '../../store/index.ts'
import type { budgetTrail } from '../budgetTrail.ts'
import { firstFault } from './firstFault.ts'

type Trail = z.output<typeof budgetTrail.output>
type Line = { amountWei?: string; code?: string | null; checks?: { limitWei: string; beforeWei: string; afterWei: string; holds: boolean }[] } // prettier-ignore

/**
 * Checks a trail by itself, without store or chain: each line is hashed over the one before and signed by the wallet; what
 * was allowed is within every limit that it names; what was denied names one that it is not. A trail that does not begin
 * at 0 is checked from its first line on. Throws budget/trail-broken with the first line that is wrong.
 */
export async function checkTrail({ wallet, chainId, lines }: Trail): Promise<{ lines: number; allowed: number; denied: number }> {
  const found = await firstFault({ signer: wallet, subject: budgetSubject(wallet), chainId, lines }, ({ kind, body }) =>
    faultOf(kind, JSON.parse(body) as Line),
  )
  if (found !== undefined) throw broken(found.line, found.reason)
  const of = (wanted: string) => lines.filter(({ kind }) => kind === wanted).length
  return { lines: lines.length, allowed: of('budget/allow'), denied: of('budget/deny') }
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
