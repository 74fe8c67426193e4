import { expect, test } from 'vitest'
import { judgeDuplicates } from '../../datanets/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import { copiesOf, exactly, inOtherWords, relabelling } from './attacks.ts'
import type { Effects, Name } from './Game.ts'
import { gameSample } from './GameSample.ts'
import { judge, sideOf } from './judgeAttack.ts'
import { paraphrase } from './paraphrase.ts'
import { contrastOf, creditNames, settleNames } from './payNames.ts'

const [a, b] = ['npm:a', 'npm:b'] as PayeeId[]
const name = (label: string, owner: PayeeId, ...out: number[]): Name => ({ label, owner, out })
const whole = [name('a', a!, 0, 1), name('b', b!, 2)]
const cut = [name('a0', a!, 0), name('a1', a!, 1), name('b', b!, 2)]
/** Two answers: a is worth 1 in each, but its two samples are +10 and -9. */
const effects: Effects = new Map([
  ['a', [0.01, 0.01]],
  ['a0', [0.1, 0.1]],
  ['a1', [-0.09, -0.09]],
  ['b', [0.01, 0.01]],
])
const gain = (rule: string, counted = {}) => {
  const side = (names: readonly Name[]) => sideOf({ names, effects }, { rule })
  return judge([{ who: a!, before: side(whole), after: side(cut) }], counted).ratio
}

test('a payee of {+10, -9} beside one of +1 gains 10/11 over 1/2 by two names under the plain rule, and nothing with a stake', () => {
  expect(gain('positive-per-payee/1')).toBeCloseTo(10 / 11 / 0.5, 6)
  expect(gain('signed-accounts/1')).toBeCloseTo(10 / 11 / 0.5, 6)
  // Credits 10, 0 and 1, charges 0, 9 and 0, of 11: a is paid 10/11 and owes 9/11.
  expect(gain('signed-accounts/1', { staked: true })).toBeCloseTo(1 / 11 / 0.5, 6)
})

test('a noise floor over the noise leaves the plain rule nothing to gain from it', () => {
  const side = (names: readonly Name[]) =>
    sideOf({ names, effects }, { rule: 'signed-accounts/1', noiseFloorMicroNats: 100_000 })
  expect(settleNames(side(cut).credits, [0, 1]).share).toEqual([0, 0, 0])
})

test('losses are carried over epochs of one answer: +1 then -1 then +1 pays the first and not the last', () => {
  const swings: Effects = new Map([
    ['a', [1, -2, 1]],
    ['b', [1, 2, 1]],
  ])
  const credits = creditNames(whole, swings, { rule: 'signed-accounts/1' })
  const paid = (carried: boolean) => settleNames(credits, [0, 1, 2], { size: 1, carried }).share[0]
  expect(paid(false)).toBeCloseTo((0.5 + 0.5) / 3, 6)
  expect(paid(true)).toBeCloseTo(0.5 / 3, 6)
})

test('equal shares have no contrast, and one of two who earns all has a half', () => {
  const of = (first: number, second: number) =>
    contrastOf(
      creditNames(
        whole,
        new Map([
          ['a', [first]],
          ['b', [second]],
        ]),
        { rule: 'positive-per-payee/1' },
      ),
    )
  expect(of(1, 1)).toEqual({ answer: 0, epoch: 0 })
  expect(of(1, 0)).toEqual({ answer: 0.5, epoch: 0.5 })
})

const text = {
  prompt: 'How to list files?',
  completion:
    'Use the specific command to show all files in the current directory. It may also help people. Many use it.',
}
const honest = [a!, b!].flatMap((payee, p) =>
  [0, 1, 2].map((i) => {
    const completion = `${text.completion} Case ${p}-${i} of ${'abcdefgh'.repeat(3 + i + 3 * p)} is ${i * 7 + p} more words here.`
    return gameSample({ ...text, completion, payee, licence: 'MIT', source: `${payee}@1-${i}` }, 20)
  }),
)

test('paraphrases are the same each time and differ by variant', () => {
  const [one, two] = [paraphrase(text, 1), paraphrase(text, 2)]
  expect(paraphrase(text, 1)).toEqual(one)
  expect(two.completion).not.toBe(one.completion)
  expect(one.completion).toContain('Employ the given command')
  const added = copiesOf(honest, { attacker: a!, rounds: 1, make: inOtherWords })
  expect(added.every((sample, i) => sample.window.id !== honest[i]!.window.id)).toBe(true)
})

test('copies under another name are rejected, and relabelling deals every sample to one name', () => {
  const copies = copiesOf(honest, { attacker: b!, whose: a!, rounds: 1, make: exactly })
  const judged = judgeDuplicates([...honest, ...copies].map(({ text: sample }) => sample)).slice(honest.length)
  expect(judged.map(({ verdict }) => verdict)).toEqual(['reject', 'reject', 'reject'])
  const { names, game } = relabelling(honest, a!, { n: 3 })
  expect(names.filter(({ owner }) => owner === a).flatMap(({ out }) => out)).toEqual([0, 1, 2])
  expect(game.samples).toBe(honest)
})
