import type { Row } from '../renderTable.ts'
import { judge, sideOf, type Counted } from './judgeAttack.ts'
import type { JudgedRule } from './judgedRules.ts'
import type { Played } from './playGames.ts'

/** Relabelling under signed accounts, by what happens to losses: in short epochs, carried or forgotten, and with a stake. */
export function accountRows({ honest, attacks }: Played, rules: readonly JudgedRule[]): Row[] {
  const ways: [string, Counted][] = [
    ['one epoch of 96 answers', {}],
    ['one epoch, a stake for each name', { staked: true }],
    ['epochs of 8 answers, losses carried', { epochs: { size: 8, carried: true } }],
    ['epochs of 8 answers, losses forgotten', { epochs: { size: 8, carried: false } }],
  ]
  return rules
    .filter(({ rule }) => rule === 'signed-accounts/1')
    .flatMap((judging) => {
      const before = sideOf(honest, judging)
      return ['relabelling n=12', 'relabelling n=2 best and worst apart'].flatMap((attack) => {
        const watched = attacks
          .filter(({ id }) => id === attack)
          .map((one) => ({ who: one.attacker, before, after: sideOf(one, judging) }))
        return ways.map(([way, counted]): Row => {
          const { ratio, low, high } = judge(watched, counted)
          return {
            figure: `${attack}: ${judging.name}, ${way}`,
            value: ratio,
            unit: `times [${low.toFixed(2)}, ${high.toFixed(2)}]`,
          }
        })
      })
    })
}
