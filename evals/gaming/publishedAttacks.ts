import { encodeSample, type EncodedRow } from '../../models/index.ts'
import type { Game } from './Game.ts'
import type { GameSample } from './GameSample.ts'
import { perturb } from './perturb.ts'
import { trainGame, type Market } from './trainGame.ts'
import type { PayeeId } from '../../kernel/index.ts'
import type { GameTexts } from './gameTexts.ts'

/**
 * The Outlier Attack: own samples made surprising to the model on sale, which is asked for its losses and nothing else, since
 * many methods pay outliers. Source: Wang et al., Adversarial Attacks on Data Attribution (arXiv 2409.05657), section 5.
 */
export async function outlierAttack(
  { samples }: GameTexts,
  attacker: PayeeId,
  market: Market & { theta: Float32Array; seed: number },
): Promise<GameSample[]> {
  const own = samples.filter(({ text }) => text.payee === attacker)
  const rate = async (rows: readonly EncodedRow[]): Promise<number[]> => {
    const { gradientRows } = await rowsWithStates(rows, market)
    return market.engine.rowLosses(gradientRows, [market.theta])
  }
  return perturb(own, { rate, market, tag: 'outlier', seed: market.seed })
}

/**
 * The Shadow Attack: the attacker draws texts and questions like those of the market, trains a model of its own on them, and
 * chooses the own texts whose gradient goes most along that of the questions, so that they are paid for any such question.
 * Source: as above, section 4. Its shadow is trained on 144 other texts of the same Datanets by the same recipe.
 */
export async function shadowAttack(
  { samples, others }: GameTexts,
  attacker: PayeeId,
  market: Market & { seed: number },
): Promise<GameSample[]> {
  const own = samples.filter(({ text }) => text.payee === attacker)
  const texts = others.filter((_, i) => i % 5 !== 4)
  const questions = others.filter((_, i) => i % 5 === 4)
  const game: Game = { id: 'shadow', samples: texts, coalitions: [] }
  const { theta } = await trainGame(game, market)
  const gradientsOf = async (rows: readonly EncodedRow[]): Promise<Float32Array[]> => {
    const { gradientRows } = await rowsWithStates(rows, market)
    return (await market.engine.rowGradients(gradientRows, [theta])).map(({ gradient }) => gradient)
  }
  const { tokenizer } = market.engine.base
  const asked = await gradientsOf(questions.map(({ window }) => encodeSample(window, tokenizer, market.recipe)))
  const along = new Float64Array(theta.length)
  for (const gradient of asked) for (const [p, value] of gradient.entries()) along[p]! += value / asked.length
  const rate = async (rows: readonly EncodedRow[]): Promise<number[]> =>
    (await gradientsOf(rows)).map((gradient) => gradient.reduce((sum, value, p) => sum + value * along[p]!, 0))
  return perturb(own, { rate, market, tag: 'shadow', seed: market.seed })
}

async function rowsWithStates(rows: readonly EncodedRow[], { engine }: Market) {
  const states = await engine.prefixStates(rows)
  return { gradientRows: rows.map((row, i) => ({ row, hidden: states[i]!, adapter: 0 })) }
}
