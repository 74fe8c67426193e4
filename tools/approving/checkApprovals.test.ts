import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { signLine } from '../../chain/index.ts'
import { canonicalText, digestOf, type Address, type Digest } from '../../kernel/index.ts'
import { approvalSubject, traceDigest, traceStart } from '../../store/index.ts'
import { checkApprovals } from './checkApprovals.ts'

const account = privateKeyToAccount(`0x${'5'.repeat(64)}`)
const operator = account.address.toLowerCase() as Address
const chainId = 31_337

/** A trail whose every line is hashed and signed as it should be, whatever it says. */
async function trailOf(said: [kind: string, body: object][]) {
  const lines = []
  let previous: Digest = traceStart
  for (const [position, [kind, body]] of said.entries()) {
    const line = { subject: approvalSubject(operator), position, key: `${position}`, kind: `approval/${kind}`, body: canonicalText(body), previous, atMs: 1 } // prettier-ignore
    const digest = traceDigest(line)
    lines.push({ ...line, digest, signature: (await signLine(digest, { chainId, account })).signature })
    previous = digest
  }
  return { operator, chainId, lines }
}
const rule = (underWei: string, budgetWei: string | null) => ({ tool: '*', agent: 'shop', mode: 'under', underWei, budgetWei }) // prettier-ignore
const action = (n: number, amountWei: string | null, by: string | null) => ({ digest: digestOf(n), amountWei, by })
const byRule = (n: number, amountWei: string | null) => action(n, amountWei, 'rule */shop')

test('words after questions, and 2 approvals of a rule within 100 and 150 together, pass', async () => {
  const said: [string, object][] = [
    ['asked', action(1, null, null)],
    ['approved', action(1, null, 'operator')],
    ['rule', rule('100', '150')],
    ['approved', byRule(2, '100')],
    ['approved', byRule(3, '50')],
    ['asked', action(4, '1', null)],
    ['expired', action(4, '1', 'time')],
  ]
  expect(await checkApprovals(await trailOf(said))).toEqual({ lines: 7, asked: 2, approved: 3, denied: 0, expired: 1, rules: 1 }) // prettier-ignore
})

test.each([
  ['a word on what nobody asked', [['approved', action(1, '1', 'operator')]]],
  ['two words on one action', [['asked', action(1, '1', null)], ['denied', action(1, '1', 'operator')], ['approved', action(1, '1', 'operator')]]],
  ['the same question twice', [['asked', action(1, '1', null)], ['asked', action(1, '1', null)]]],
  ['a rule that was never set', [['approved', byRule(1, '1')]]],
  ['more than a rule allows an action', [['rule', rule('100', null)], ['approved', byRule(1, '101')]]],
  ['more than a rule allows together', [['rule', rule('100', '150')], ['approved', byRule(1, '100')], ['approved', byRule(2, '51')]]],
  ['what is of no known size', [['rule', rule('100', null)], ['approved', byRule(1, null)]]],
  ['a rule that was taken away', [['rule', rule('100', null)], ['rule', { ...rule('100', null), mode: null }], ['approved', byRule(1, '1')]]],
] as [string, [string, object][]][])('%s is approval/trail-broken at its line, well signed as it is', async (_, said) => {
  const trail = await trailOf(said)
  await expect(checkApprovals(trail)).rejects.toMatchObject({ code: 'approval/trail-broken', facts: { position: said.length - 1 } })
}) // prettier-ignore

test('a signature of another key is named', async () => {
  const trail = await trailOf([['asked', action(1, null, null)]])
  const other = privateKeyToAccount(`0x${'6'.repeat(64)}`)
  trail.lines[0]!.signature = (await signLine(trail.lines[0]!.digest, { chainId, account: other })).signature
  await expect(checkApprovals(trail)).rejects.toMatchObject({ facts: { reason: 'its owner did not sign it' } })
})
