import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scatterSvg } from '../../tools/index.ts'
import { frontRunningRows } from '../gaming/frontRunningRows.ts'
import { accountRows } from '../gaming/accountRows.ts'
import { attackRows, judgeAttacks, type JudgedAttack } from '../gaming/attackRows.ts'
import { sideOf } from '../gaming/judgeAttack.ts'
import { chosenRule, judgedRules, measuredFloor, plainRule } from '../gaming/judgedRules.ts'
import { contrastOf, settleNames } from '../gaming/payNames.ts'
import { playGames, type Played } from '../gaming/playGames.ts'
import { substituteRows } from '../gaming/substituteRows.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

export const parts = ['attacks', 'more']

type Rules = ReturnType<typeof judgedRules>

/**
 * What share rules pay to those who cheat, and how far they tell honest payees apart: every attack trained for real on the
 * small language model, shares from exact removal effects. Four attackers of twelve payees, 96 answers; gains are ratios of
 * money after to before, with a 90 % interval over attackers and answers.
 * Needs TRIBUTARY_DATA. Cost the first time: 13 CPU-minutes of training (`--only attacks`), 5 for
 * `more`, the rule by sample and nine copies before the filter, kept game by game: a run that was killed goes on.
 */
export async function run({ seed, say, only = parts }: TableOptions): Promise<Row[]> {
  const more = only.includes('more')
  const played = await playGames(seed, { say, more })
  const floor = measuredFloor(played.honest.names, played.seeds)
  const rules = judgedRules(floor).filter(({ rule }) => more || !rule.startsWith('positive-per-sample'))
  const chosen = rules.find(({ name }) => name === chosenRule)!
  const judged = judgeAttacks(played, rules)
  const contrasts = contrastRows(played, rules)
  writeFileSync(
    join(import.meta.dirname, '..', '..', 'docs', 'pictures', 'share-rules.svg'),
    frontierSvg(judged, contrasts),
  )
  const rows = attackRows(played, judged)
  const [headlines, rest] = [rows.filter(({ goal }) => goal), rows.filter(({ goal }) => !goal)]
  const all = [
    ...headlines,
    ...contrasts,
    { figure: 'noise floor, two standard deviations over four seeds', value: floor / 1e6, unit: 'nats' },
    ...seedRows(played, rules),
    ...accountRows(played, rules),
    ...substituteRows(played, chosen),
    ...frontRunningRows(seed),
    ...rest,
  ]
  const partOf = ({ figure }: Row): string =>
    /positive part per sample|x9, unfiltered/.test(figure) ? 'more' : 'attacks'
  return all.map((row) => ({ ...row, part: partOf(row) })).filter(({ part }) => only.includes(part))
}

function contrastRows({ honest }: Played, rules: Rules): Row[] {
  const found = rules.map((judging) => {
    const { credits } = sideOf(honest, judging)
    const paid = settleNames(credits, [...credits.keys()]).share.reduce((sum, share) => sum + share, 0)
    return { name: judging.name, ...contrastOf(credits), paid }
  })
  const plain = found.find(({ name }) => name === plainRule)!.answer
  return found.map(({ name, answer, epoch, paid }) => ({
    figure: `contrast: ${name}`,
    value: answer,
    unit: `L1/2 from equal, by answer (epoch ${epoch.toFixed(3)}; ${(100 * paid).toFixed(0)} % of the money is paid to names)`,
    peer: plainRule,
    peerValue: plain,
    ratio: answer / plain,
    ...(name === chosenRule ? { goal: '>= half of the peer', met: answer >= plain / 2 } : {}),
  }))
}

/** How much of an epoch's money goes to others under another training seed: the mean over pairs of seeds. */
function seedRows({ honest, seeds }: Played, rules: Rules): Row[] {
  return rules
    .filter(({ rule }) => !rule.includes('sample'))
    .map((judging): Row => {
      const shares = seeds.map((effects) => {
        const { credits } = sideOf({ names: honest.names, effects }, judging)
        const { share } = settleNames(credits, [...credits.keys()])
        const total = share.reduce((sum, own) => sum + own, 0)
        return share.map((own) => own / total)
      })
      const pairs = shares.flatMap((a, i) => shares.slice(0, i).map((b) => [a, b] as const))
      const apart = pairs.map(([a, b]) => a.reduce((sum, own, i) => sum + Math.abs(own - b[i]!), 0) / 2)
      return {
        figure: `seed stability of an epoch's shares: ${judging.name}`,
        value: apart.reduce((sum, own) => sum + own, 0) / apart.length,
        unit: 'L1/2 between seeds',
      }
    })
}

/** Each rule at its contrast, each attack a colour: right and low is better. */
function frontierSvg(judged: readonly JudgedAttack[], contrasts: readonly Row[]): string {
  const shown = ['relabelling n=12', 'paraphrases x3', 'near-copies x3', 'outlier (published)', 'copies x3, unfiltered']
  const contrast = new Map(contrasts.map(({ figure, value }) => [figure.replace('contrast: ', ''), value]))
  const points = judged.flatMap(({ attack, rule, gain }) =>
    shown.includes(attack) && contrast.has(rule) && !rule.startsWith('4 samples')
      ? [{ x: contrast.get(rule)!, y: gain.ratio, series: attack, ...(attack === shown[0] ? { label: rule } : {}) }]
      : [],
  )
  return scatterSvg({
    title: 'What an attacker gains under each share rule',
    x: 'contrast: how far honest shares are from equal (to the right: contributors are told apart)',
    y: 'money after the attack over money before (1: nothing gained)',
    points,
    note: 'Exact removal effects by retraining; 4 attackers, 96 answers. A column of points is one rule.',
  })
}
