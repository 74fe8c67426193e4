import type { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { approvalSubject } from '../../store/index.ts'
import type { approvalTrail } from '../approvalTrail.ts'
import { firstFault } from '../budgeting/firstFault.ts'

type Trail = z.output<typeof approvalTrail.output>
type Body = { digest: string; tool: string; agent: string; by: string | null; amountWei: string | null; mode: string | null; underWei: string | null; budgetWei: string | null } // prettier-ignore
type Rule = { underWei: bigint; leftWei: bigint | undefined }

/**
 * Checks what was said of actions by itself, without store or chain: each line is hashed over the one before and signed by the operator;
 * each action was decided once, after it was asked about; what a rule approved is within that rule as a line before it set it.
 * Of a trail that does not begin at 0, only hashes and signatures can be told. Throws approval/trail-broken with the first line that is wrong.
 */
export async function checkApprovals({ operator, chainId, lines }: Trail): Promise<Record<'lines' | 'asked' | 'approved' | 'denied' | 'expired' | 'rules', number>> {
  const judge = lines[0]?.position === 0 ? judgeOfLines() : () => undefined
  const found = await firstFault({ signer: operator, subject: approvalSubject(operator), chainId, lines }, ({ kind, body }) =>
    judge(kind, JSON.parse(body) as Body),
  )
  if (found !== undefined) throw broken(found.line, found.reason)
  const of = (kind: string) => lines.filter((line) => line.kind === `approval/${kind}`).length
  return { lines: lines.length, asked: of('asked'), approved: of('approved'), denied: of('denied'), expired: of('expired'), rules: of('rule') }
} // prettier-ignore

function judgeOfLines() {
  const [asked, decided, rules] = [new Set<string>(), new Set<string>(), new Map<string, Rule>()]
  return (kind: string, body: Body): string | undefined => {
    const { digest, by, amountWei } = body
    if (kind === 'approval/rule') {
      setRule(rules, body)
      return undefined
    }
    if (asked.has(digest) && kind === 'approval/asked') return 'it asks about an action a second time'
    if (decided.has(digest)) return 'its action was decided about before'
    if (kind === 'approval/asked') return void asked.add(digest)
    decided.add(digest)
    if (asked.has(digest)) return by?.startsWith('rule ') ? 'a rule decides at once, and this action was asked about' : undefined
    const rule = rules.get(by ?? '')
    if (kind !== 'approval/approved' || rule === undefined || amountWei === null) return 'nobody was asked about its action, and no rule allows it'
    const amount = BigInt(amountWei)
    if (amount > rule.underWei || (rule.leftWei !== undefined && amount > rule.leftWei)) return 'it is beyond the rule that approved it'
    if (rule.leftWei !== undefined) rule.leftWei -= amount
    return undefined
  }
} // prettier-ignore

/** A rule that is set anew counts from nothing; one of another mode approves nothing by itself. */
function setRule(rules: Map<string, Rule>, { tool, agent, mode, underWei, budgetWei }: Body): void {
  const name = `rule ${tool}/${agent}`
  if (mode !== 'under' || underWei === null) rules.delete(name)
  else rules.set(name, { underWei: BigInt(underWei), leftWei: budgetWei === null ? undefined : BigInt(budgetWei) })
}

function broken({ position, key }: Trail['lines'][number], reason: string): TributaryError {
  return new TributaryError('A line about approvals is not what it says.', {
    code: 'approval/trail-broken',
    facts: { position, key, reason },
    tryThis: 'get the trail again from its source; a line that was changed can’t be trusted, nor can those after it',
  })
}
