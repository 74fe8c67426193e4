import type { PayeeId } from '../../kernel/index.ts'
import { createEngine, recipeLayout } from '../../models/index.ts'
import { openSmallModel } from '../attribution/openSmallModel.ts'
import {
  adding,
  bySybils,
  copiesOf,
  everySample,
  exactly,
  inOtherWords,
  leavingOut,
  nearly,
  notices,
  publicTexts,
  relabelling,
  replacing,
  wrongLabels,
  type Attack,
} from './attacks.ts'
import { everyPayee, namesOf, type Coalition, type Effects, type Game, type Name } from './Game.ts'
import { gameRecipe } from './gameRecipe.ts'
import { gameTexts, payeesOf } from './gameTexts.ts'
import { drawnCoalitions, namesOfPair } from './pairs.ts'
import { outlierAttack, shadowAttack } from './publishedAttacks.ts'
import { trainGame, type Market } from './trainGame.ts'

/** The honest market once, and what happens to it in each attack: everything that a share rule is judged by. */
export type Played = {
  honest: { names: readonly Name[]; effects: Effects }
  attacks: (Attack & { effects: Effects })[]
  /** The honest market under each of four training seeds, the first of them as above. */
  seeds: Effects[]
  /** Trainings without about half of the names, for two of the planted pairs of near-substitutes. */
  drawn: { pair: Attack; coalitions: readonly Coalition[]; effects: Effects }[]
}

/** Those who attack, by their place among the twelve: at least one of each Datanet. Chosen before anything was trained. */
const attackers = [0, 5, 7, 10]
/** Whom each of them copies out of spite: the next one of the same Datanet. */
const victims = [1, 6, 4, 11]

/**
 * Trains all games for real. The most telling ones come first, so that a run that is cut short still has them, and what
 * was trained is kept. `more`: nine copies before the filter, and every single sample left out, which a rule
 * that pays by sample must know. Cost: about 13 CPU-minutes from nothing, 5 with `more`.
 */
export async function playGames(
  seed: number,
  { say, more }: { say: (line: string) => void; more: boolean },
): Promise<Played> {
  const base = await openSmallModel(say)
  const engine = await createEngine({ base, layout: recipeLayout(gameRecipe, base.config), threads: 1 })
  try {
    const texts = gameTexts(seed)
    const market: Market = { engine, recipe: gameRecipe, queries: texts.queries, say }
    const { samples } = texts
    const payees = payeesOf(samples)
    const four = attackers.map((at, i) => ({ attacker: payees[at]!, victim: payees[victims[i]!]! }))
    const honestGame: Game = { id: 'honest', samples, coalitions: everyPayee(samples) }
    const { effects, theta } = await trainGame(honestGame, market)
    const honest = { names: namesOf(honestGame.coalitions), effects }
    const seeds = [effects]
    for (const other of [2, 3, 4]) {
      const recipe = { ...gameRecipe, seed: other }
      seeds.push((await trainGame({ ...honestGame, id: `honest, seed ${other}` }, { ...market, recipe })).effects)
    }
    const played: Played['attacks'] = []
    const drawn: Played['drawn'] = []
    const worst: { attacker: PayeeId; out: number[] }[] = []
    const play = async (attack: Attack): Promise<Effects> => {
      const trained = await trainGame(attack.game, market)
      played.push({ ...attack, effects: trained.effects })
      return trained.effects
    }
    for (const { attacker } of four) {
      for (const n of [2, 3, 4]) await play(relabelling(samples, attacker, { n }))
      const singles = await play(relabelling(samples, attacker, { n: 12 }))
      const own = everyPayee(samples).find(({ label }) => label === attacker)!.out
      const worth = own.map((_, i) => singles.get(`${attacker} 12.${i}`)!.reduce((sum, nats) => sum + nats, 0))
      const order = own.toSorted((a, b) => worth[own.indexOf(b)]! - worth[own.indexOf(a)]!)
      await play(relabelling(samples, attacker, { n: 2, order, tag: ' best and worst apart' }))
      worst.push({ attacker, out: order.slice(order.length / 2) })
    }
    for (const { attacker, victim } of four) {
      const added = copiesOf(samples, { attacker, whose: victim, rounds: 1, make: inOtherWords })
      await play(adding(samples, attacker, { id: 'griefing by paraphrase', added, filter: true, victim }))
    }
    for (const { attacker, victim } of four.slice(0, 2)) {
      const pair = played.find((one) => one.id === 'griefing by paraphrase' && one.attacker === attacker)!
      const coalitions = drawnCoalitions(namesOfPair(pair), { count: 32, seed })
      const effects = (await trainGame({ ...pair.game, id: `${victim} twice, coalitions`, coalitions }, market)).effects
      drawn.push({ pair, coalitions, effects })
    }
    for (const { attacker } of four) {
      const by = await outlierAttack(texts, attacker, { ...market, theta, seed })
      await play(replacing(samples, attacker, { id: 'outlier (published)', by }))
    }
    for (const { attacker } of four) {
      const added = copiesOf(samples, { attacker, rounds: 3, make: inOtherWords })
      const attack = adding(samples, attacker, { id: 'paraphrases x3', added, filter: true })
      await play(attack)
      await play(bySybils(attack, samples, 3))
    }
    for (const { attacker } of four) {
      const added = copiesOf(samples, { attacker, rounds: 3, make: nearly })
      await play(adding(samples, attacker, { id: 'near-copies x3', added, filter: true }))
    }
    for (const { attacker } of four) {
      await play(replacing(samples, attacker, { id: 'outlier labels', by: wrongLabels(texts, attacker) }))
      const by = await shadowAttack(texts, attacker, { ...market, seed })
      await play(replacing(samples, attacker, { id: 'shadow (published)', by }))
    }
    for (const { attacker, victim } of four) {
      const added = copiesOf(samples, { attacker, whose: victim, rounds: 1, make: exactly })
      await play(adding(samples, attacker, { id: 'griefing, unfiltered', added, filter: false, victim }))
      await play(adding(samples, attacker, { id: 'griefing', added, filter: true, victim }))
    }
    for (const { attacker } of four) {
      const added = copiesOf(samples, { attacker, rounds: 3, make: exactly })
      const attack = adding(samples, attacker, { id: 'copies x3, unfiltered', added, filter: false })
      await play(attack)
      await play(bySybils(attack, samples, 3))
      await play(adding(samples, attacker, { id: 'copies x3', added, filter: true }))
    }
    for (const { attacker } of four) {
      const added = notices(attacker)
      await play(adding(samples, attacker, { id: 'boilerplate, unfiltered', added, filter: false }))
      const found = publicTexts(texts, attacker)
      await play(adding(samples, attacker, { id: 'squatting on public text', added: found, filter: true }))
    }
    for (const { attacker, out } of worst) {
      await play(leavingOut(samples, attacker, { id: 'no attack: the worst half not contributed', out }))
    }
    for (const { attacker } of four) {
      const added = copiesOf(samples, { attacker, rounds: 9, make: exactly })
      await play(adding(samples, attacker, { id: 'copies x9', added, filter: true }))
    }
    if (more) {
      for (const { attacker } of four.slice(0, 2)) {
        const added = copiesOf(samples, { attacker, rounds: 9, make: exactly })
        await play(adding(samples, attacker, { id: 'copies x9, unfiltered', added, filter: false }))
      }
      const coalitions = [...honestGame.coalitions, ...everySample(honestGame)]
      honest.effects = (await trainGame({ ...honestGame, id: 'honest, by sample', coalitions }, market)).effects
      for (const one of played)
        if (one.id.startsWith('relabelling')) one.effects = new Map([...honest.effects, ...one.effects])
      const copied = played.find((one) => one.id === 'copies x3, unfiltered' && one.attacker === four[1]!.attacker)!
      await addSamplesOf(copied, { honest: honest.effects, market })
    }
    return { honest, attacks: played, seeds, drawn }
  } finally {
    await engine.close()
  }
}

/**
 * Adds the effect of each of the attacker's samples, retrained, to a game; those of the others are taken from the honest market,
 * which saves three of four trainings and leaves out that copies also weaken the others.
 */
async function addSamplesOf(
  attack: Played['attacks'][number],
  { honest, market }: { honest: Effects; market: Market },
): Promise<void> {
  const own = new Set(attack.names.find(({ owner }) => owner === attack.attacker)!.out)
  const singles = everySample(attack.game).filter((_, i) => own.has(i))
  const coalitions = [...attack.game.coalitions, ...singles]
  const { effects } = await trainGame({ ...attack.game, coalitions }, market)
  attack.effects = new Map([...[...honest].filter(([label]) => label.startsWith('sample ')), ...effects])
}
