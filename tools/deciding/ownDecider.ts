import { encodeRow, zeroAdapter, type Engine } from '../../models/index.ts'
import type { Decider, Question } from './Decider.ts'
import { promptOf } from './promptOf.ts'

const system = 'You choose for an operator. Answer with the name of one option.'
const longestPrompt = 768
const longestName = 32

/**
 * Asks our own base model without letting it speak: a small model rarely keeps to a form, so each allowed name is scored as the answer,
 * and compared with the same question without its facts, which takes out what a name is worth by itself.
 *
 *   score[o] = log p(o | question, facts) - log p(o | question), summed over the tokens of o and the end;   nats
 *
 * The highest score is the choice; the policy's wins a tie. The same bits on the same class of machine: a choice can be computed
 * again. Cost: two rows an option, of at most 800 tokens, forward only.
 */
export function ownDecider(engine: Pick<Engine, 'base' | 'contextTokens' | 'layout' | 'prefixStates' | 'rowLosses'>): Decider {
  return {
    provider: 'own',
    model: engine.base.weightsDigest,
    choose: async (asked) => {
      const scores = await scoresOf(engine, asked)
      const of = (name: string) => scores.find(({ option }) => option === name)!.microNats
      const best = scores.reduce((a, b) => (b.microNats > a.microNats ? b : a), scores.find(({ option }) => option === asked.policy.option)!)
      const second = Math.max(...scores.filter(({ option }) => option !== best.option).map(({ option }) => of(option)))
      const reason = `of ${scores.length} options it scored highest, by ${best.microNats - second} micro-nats over the next`
      const inputTokens = scores.reduce((sum, { tokens }) => sum + tokens, 0)
      return { said: { option: best.option, reason }, output: scores, inputTokens, outputTokens: 0 }
    },
  }
} // prettier-ignore

async function scoresOf(engine: Parameters<typeof ownDecider>[0], asked: Question) {
  const { tokenizer } = engine.base
  const room = Math.min(engine.contextTokens, longestPrompt + longestName) - longestName
  const prompts = [fitted(engine, asked, room), idsOf(engine, { ...asked, about: {} })]
  // Names that are as long as this differ within it, or one is as good as the other.
  const names = asked.options.map(({ option }) => [...tokenizer.encode(option), tokenizer.eos].slice(0, longestName))
  const rows = names.flatMap((name) => prompts.map((prompt) => encodeRow(prompt.slice(-room), name)))
  const hidden = await engine.prefixStates(rows)
  const base = [zeroAdapter(engine.layout).theta]
  const losses = await engine.rowLosses(rows.map((row, i) => ({ row, hidden: hidden[i]!, adapter: 0 })), base)
  return asked.options.map(({ option }, i) => {
    const [given = 0, without = 0] = losses.slice(2 * i, 2 * i + 2)
    const microNats = Math.round((without - given) * names[i]!.length * 1_000_000)
    return { option, microNats, tokens: rows[2 * i]!.ids.length + rows[2 * i + 1]!.ids.length }
  })
} // prettier-ignore

function idsOf({ base: { tokenizer } }: Pick<Engine, 'base'>, asked: Question, factCharacters?: number): number[] {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: promptOf(asked, factCharacters) },
  ]
  return tokenizer.encodeChat(messages, { addGenerationPrompt: true })
}

/** As many of the facts as fit: they are cut before anything else is. */
function fitted(engine: Pick<Engine, 'base'>, asked: Question, room: number): number[] {
  let characters = 4 * room
  let ids = idsOf(engine, asked, characters)
  for (; ids.length > room && characters > 0; ids = idsOf(engine, asked, characters)) {
    characters = Math.floor(characters / 2)
  }
  return ids
}
