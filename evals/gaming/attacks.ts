import { judgeDuplicates } from '../../datanets/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import { boilerplateTexts } from './boilerplate.ts'
import { everyPayee, namesOf, type Coalition, type Game, type Name } from './Game.ts'
import { gameSample, variantOf, type GameSample } from './GameSample.ts'
import type { GameTexts } from './gameTexts.ts'
import { nearCopy } from './nearCopy.ts'
import { paraphrase } from './paraphrase.ts'

/** One attack by one attacker: what is trained, and under which names it is paid. */
export type Attack = {
  id: string
  attacker: PayeeId
  victim?: PayeeId
  game: Game
  names: readonly Name[]
  /** Of the samples that the attacker added, how many the filter let through; where it was asked. */
  escaped?: { of: number; passed: number }
}

type Added = readonly GameSample[]

/** Relabelling: `n` names for one's own samples, the training unchanged. `order`: which samples go together. */
export function relabelling(
  honest: readonly GameSample[],
  attacker: PayeeId,
  { n, order, tag = '' }: { n: number; order?: readonly number[]; tag?: string },
): Attack {
  const all = everyPayee(honest)
  const own = order ?? all.find(({ label }) => label === attacker)!.out
  const size = Math.ceil(own.length / n)
  // Without an order the parts are dealt out, so that none is of one topic.
  const parts = Array.from({ length: n }, (_, part): Coalition => {
    const out = order ? own.slice(part * size, part * size + size) : own.filter((__, i) => i % n === part)
    return { label: `${attacker} ${n}${tag}.${part}`, out }
  })
  return {
    id: `relabelling n=${n}${tag}`,
    attacker,
    game: { id: `${attacker} relabels ${n}${tag}`, samples: honest, coalitions: [...all, ...parts] },
    names: [
      ...namesOf(all).filter(({ owner }) => owner !== attacker),
      ...parts.map((part) => ({ ...part, owner: attacker })),
    ],
  }
}

/** Samples put beside the honest ones under the attacker's name; with `filter`, only those that datanets' filter lets pass. */
export function adding(
  honest: readonly GameSample[],
  attacker: PayeeId,
  { id, added, filter, victim }: { id: string; added: Added; filter: boolean; victim?: PayeeId },
): Attack {
  const judged = judgeDuplicates([...honest, ...added].map(({ text }) => text)).slice(honest.length)
  const passed = added.filter((_, i) => judged[i]!.verdict === 'accept')
  const samples = [...honest, ...(filter ? passed : added)]
  const all = everyPayee(samples)
  const newOnes = samples.flatMap((_, i) => (i < honest.length ? [] : [i]))
  const own = all.find(({ label }) => label === attacker)!.out.filter((i) => i < honest.length)
  const extra: Coalition[] = victim
    ? [
        { label: 'own', out: own },
        { label: 'added', out: newOnes },
        { label: 'pair', out: [...newOnes, ...all.find(({ label }) => label === victim)!.out] },
      ]
    : []
  return {
    id,
    attacker,
    ...(victim ? { victim } : {}),
    game: { id: `${attacker} ${id}`, samples, coalitions: [...all, ...extra] },
    names: namesOf(all),
    escaped: { of: added.length, passed: passed.length },
  }
}

/** The samples one by one: what a rule that pays by sample needs to know. */
export function everySample({ samples }: Game): Coalition[] {
  return samples.map((_, i) => ({ label: `sample ${i}`, out: [i] }))
}

/** The same additions, each round of them under a name of its own beside the old one: copies by sybils. */
export function bySybils(attack: Attack, honest: readonly GameSample[], rounds: number): Attack {
  const { samples, coalitions } = attack.game
  const own = samples.flatMap(({ text }, i) => (text.payee === attack.attacker ? [i] : []))
  const old: Coalition = { label: 'old name', out: own.filter((i) => i < honest.length) }
  const fresh = Array.from({ length: rounds }, (_, round): Coalition => {
    const tag = `-${round + 1}`
    return {
      label: `new name ${round + 1}`,
      out: own.filter((i) => i >= honest.length && samples[i]!.text.source.endsWith(tag)),
    }
  }).filter(({ out }) => out.length > 0)
  const parts = [old, ...fresh]
  return {
    ...attack,
    id: `${attack.id}, a name each`,
    game: { ...attack.game, id: `${attack.game.id} sybils`, coalitions: [...coalitions, ...parts] },
    names: [
      ...attack.names.filter(({ owner }) => owner !== attack.attacker),
      ...parts.map((part) => ({ ...part, owner: attack.attacker })),
    ],
  }
}

/** The attacker's own samples replaced, one for one: the training has the same size and order. */
export function replacing(
  honest: readonly GameSample[],
  attacker: PayeeId,
  { id, by }: { id: string; by: Added },
): Attack {
  const rest = [...by]
  const samples = honest.map((sample) => (sample.text.payee === attacker ? rest.shift()! : sample))
  const all = everyPayee(samples)
  return {
    id,
    attacker,
    game: { id: `${attacker} ${id}`, samples, coalitions: all },
    names: namesOf(all),
  }
}

/** No attack: the market without some of the attacker's own samples, which it might have kept to itself. */
export function leavingOut(
  honest: readonly GameSample[],
  attacker: PayeeId,
  { id, out }: { id: string; out: readonly number[] },
): Attack {
  const samples = honest.filter((_, i) => !out.includes(i))
  const all = everyPayee(samples)
  return { id, attacker, game: { id: `${attacker} ${id}`, samples, coalitions: all }, names: namesOf(all) }
}

/** `rounds` copies of the samples of `whose`, each made by `make`, committed by the attacker. */
export function copiesOf(
  honest: readonly GameSample[],
  { attacker, whose = attacker, rounds, make }: { attacker: PayeeId; whose?: PayeeId; rounds: number; make: Making },
): GameSample[] {
  const own = honest.filter(({ text }) => text.payee === whose)
  return Array.from({ length: rounds }, (_, round) =>
    own.map((sample) => variantOf(sample, { ...make(sample.text, round + 1), payee: attacker }, `${round + 1}`)),
  ).flat()
}

type Making = (text: { prompt: string; completion: string }, variant: number) => { prompt: string; completion: string }

export const exactly: Making = ({ prompt, completion }) => ({ prompt, completion })
export const nearly: Making = nearCopy
export const inOtherWords: Making = paraphrase

/** Own prompts with the answers of somebody of another Datanet: labels that are wrong. */
export function wrongLabels({ samples }: GameTexts, attacker: PayeeId): GameSample[] {
  const own = samples.filter(({ text }) => text.payee === attacker)
  const far = samples.filter(({ text }) => text.payee.split('-')[0] !== attacker.split('-')[0])
  return own.map(({ text, window, at }, i) => {
    const other = far[(i * 17) % far.length]!
    const wrong = gameSample({ ...text, completion: other.text.completion, source: `${text.source}-wrong` }, at)
    return { ...wrong, window: { ...window, id: wrong.window.id, completion: other.window.completion } }
  })
}

/** A dozen texts of the attacker's Datanet that are on the web under other people's names. */
export function publicTexts({ others }: GameTexts, attacker: PayeeId): GameSample[] {
  return others
    .filter(({ text }) => text.payee.split('-')[0] === attacker.split('-')[0])
    .slice(0, 12)
    .map((sample, i) => variantOf(sample, { payee: attacker }, `public-${i}`))
}

export function notices(attacker: PayeeId): GameSample[] {
  return boilerplateTexts().map((text, i) =>
    gameSample({ ...text, payee: attacker, licence: 'CC0-1.0', source: `notice@1-${i}` }, 53 * i),
  )
}
