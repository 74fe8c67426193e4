import { expect, test } from 'vitest'
import { definitions } from '../definitions.ts'

const spending = Object.values(definitions).filter(({ effect }) => effect === 'spend')
const amountOf = (name: string, input: object) => spending.find((one) => one.name === name)?.mostWei?.(input as never)

test('each of the tools that spend says what a call can spend at most: 4 by their input, 9 nothing of ours, the rest ask a person', () => {
  expect(spending.filter(({ mostWei }) => mostWei === undefined).map(({ name }) => name)).toEqual([])
  const input = { maxFeeWei: '5', wei: '6', bondWei: '7' }
  const amounts = Object.groupBy(spending, ({ mostWei }) => mostWei?.(input as never) ?? 'unknown')
  const names = Object.fromEntries(Object.entries(amounts).map(([amount, of]) => [amount, of?.map(({ name }) => name).toSorted()]))
  expect(names).toMatchObject({
    5: ['ask'],
    6: ['propose_spending', 'stake'],
    7: ['post_bond'],
    0: ['claim', 'close_channel', 'close_epoch', 'confirm_payments', 'finalise_root', 'post_root', 'recover_payments', 'settle_channels', 'settle_reports'],
  })
  // What votes decided, bonds of an amount that the chain sets, and whatever starts other things, are nobody's to approve by a rule.
  expect(names['unknown']).toEqual(expect.arrayContaining(['execute_proposal', 'open_dispute', 'run_recipe', 'unstake']))
  expect([amountOf('ask', {}), amountOf('post_bond', {})]).toEqual([undefined, undefined])
}) // prettier-ignore
