import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf, type Address } from '../../../kernel/index.ts'
import type { Store } from '../../store.ts'
import { describeOnBoth } from '../../testing/openTestStores.ts'
import { listTrace } from '../traces/listTrace.ts'
import { approvalSubject } from './approvalLine.ts'
import { listApprovalRules, setApprovalRule } from './approvalRules.ts'
import { approvalsAt } from './approvalsAt.ts'
import { askApproval, type Asked } from './askApproval.ts'
import { decideApproval } from './decideApproval.ts'
import { findApproval } from './findApproval.ts'

const address = `0x${'a'.repeat(40)}` as Address
const signer = { address, sign: async () => ({ signature: '0x12', signer: address }) }
const asked = (n: string, amountWei: bigint | null = 100n): Asked => ({
  digest: digestOf(n),
  place: `place ${n}`,
  workflow: 'w',
  run: 'r',
  step: n,
  agent: 'shopper',
  tool: 'pay',
  effect: 'spend',
  action: '{"a prompt":1}',
  amountWei,
  expiresAtMs: null,
  askedAtMs: 5,
})

describeOnBoth('approvals', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())
  const kinds = async (digest: string) =>
    (await listTrace(store, { subject: approvalSubject(address) }))
      .filter(({ key }) => key.startsWith(digest))
      .map(({ kind }) => kind)

  test('asked 5 times at once it is one row and one line; of 6 words at once one holds, and drops the text', async () => {
    const { digest } = asked('crowd')
    const rows = await Promise.all(
      [1, 2, 3, 4, 5].map(() => askApproval(store, { asked: asked('crowd'), rule: undefined, signer })),
    )
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['waiting']))
    expect((await findApproval(store, { digest }))?.action).toBe('{"a prompt":1}')
    const states = ['approved', 'denied', 'approved', 'denied', 'expired', 'approved'] as const
    const words = await Promise.all(
      states.map((state) => decideApproval(store, { digest, state, by: state, atMs: 9, signer })),
    )
    const [held, ...others] = words.filter((word) => word !== undefined)
    expect(others).toEqual([])
    expect(await findApproval(store, { digest })).toEqual({ ...held!, action: null })
    expect(await kinds(digest)).toEqual(['approval/asked', `approval/${held!.state}`])
    expect((await approvalsAt(store, { place: 'place crowd' })).map((row) => row.digest)).toEqual([digest])
  })

  test('of 8 actions of 100 wei at once, a rule of 100 each and 350 together approves 3, and counts 300', async () => {
    const limits = { underWei: 100n, budgetWei: 350n, expiresSeconds: null, atMs: 1 }
    await setApprovalRule(store, { rule: { tool: '*', agent: 'shopper', mode: 'under', ...limits }, signer })
    const [rule] = await listApprovalRules(store, {})
    const rows = await Promise.all(
      Array.from({ length: 8 }, (_, i) => askApproval(store, { asked: asked(`rule ${i}`), rule, signer })),
    )
    expect(rows.filter(({ state }) => state === 'approved').map(({ by, action }) => [by, action])).toEqual(
      [1, 2, 3].map(() => ['rule */shopper', null]),
    )
    // Asked again it counts no more; dearer, or of unknown size, it is for a person.
    const [approved] = rows.filter(({ state }) => state === 'approved')
    expect(await askApproval(store, { asked: asked(approved!.step), rule, signer })).toEqual(approved)
    for (const amount of [101n, null]) {
      expect((await askApproval(store, { asked: asked(`dear ${amount}`, amount), rule, signer })).state).toBe('waiting')
    }
    expect((await listApprovalRules(store, {}))[0]?.usedWei).toBe(300n)
    await setApprovalRule(store, { rule: { tool: '*', agent: 'shopper', mode: null, ...limits, atMs: 2 }, signer })
    expect(await listApprovalRules(store, {})).toEqual([])
    const lines = await listTrace(store, { subject: approvalSubject(address) })
    expect(lines.filter(({ kind }) => kind === 'approval/rule')).toHaveLength(2)
  })
})
