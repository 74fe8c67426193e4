import type { ApplicationFailure } from '@temporalio/workflow'
import { digestOf, TributaryError } from '../../kernel/index.ts'
import { encode } from './payload/encode.ts'
import type { PendingInterrupt } from './protocol.ts'
import { toFailure } from './toFailure.ts'

/** One task of LangGraph's state snapshot, with the interrupts that stopped it. */
export type StoppedTask = { name: string; interrupts: { id?: string; value?: unknown }[] }

/**
 * The questions that a run waits for, and the answers that have come. LangGraph's own interrupt ids are made of
 * random checkpoint ids; ours count (`approve#1`), so that two runs of the same course ask under the same ids.
 */
export type Interrupts = {
  /**
   * Takes over what LangGraph reports as stopped; returns those that are new. Only the keys `raised` in the last pass
   * count: the snapshot still shows the interrupts of a task that has ended beside one that has not.
   */
  update: (tasks: readonly StoppedTask[], raised: ReadonlySet<string>) => PendingInterrupt[]
  waiting: () => PendingInterrupt[]
  /** Throws graph/unknown-interrupt for an id that is not waiting, or is answered already with another value. */
  check: (id: string, value: unknown) => void
  /** Undefined where the same answer was taken before. */
  answer: (id: string, value: unknown) => PendingInterrupt | undefined
  answered: () => boolean
  /** The answers so far as LangGraph wants them, and forgets them. */
  take: () => Record<string, unknown>
  save: () => SavedInterrupts
}

type Known = PendingInterrupt & { key: string }
type Given = { id: string; value: string }

/** All of it, as values that a payload can carry. */
export type SavedInterrupts = { pending: Known[]; answers: Record<string, unknown>; given: Given[]; count: number }

/** So many answers are remembered, to know one that comes twice. */
const givenKept = 1_000

export function createInterrupts(saved?: SavedInterrupts): Interrupts {
  let { pending, answers, given, count } = saved ?? { pending: [], answers: {}, given: [], count: 0 }

  const check = (id: string, value: unknown): Known | undefined => {
    const found = pending.find((one) => one.id === id)
    if (found !== undefined) return found
    // Asked again after a connection was lost, perhaps of the next run of the chain: it was heard.
    if (given.some((one) => one.id === id && one.value === textOf(value))) return undefined
    throw unknownInterrupt(id, pending)
  }
  return {
    update: (tasks, raised) => {
      const before = pending
      pending = tasks.flatMap(({ name, interrupts }) =>
        interrupts.flatMap(({ id: key = '', value }) => {
          if (!raised.has(key) || key in answers) return []
          // Resuming one of several asks the others again under their keys. An answered one has left `before`, so a
          // second question of the same node, which has the same key, gets an id of its own.
          const known = before.find((one) => one.key === key)
          return known ?? { id: `${name}#${++count}`, node: name, value, key }
        }),
      )
      return pending.filter((one) => !before.includes(one)).map(publicPart)
    },
    waiting: () => pending.map(publicPart),
    check: (id, value) => void check(id, value),
    answer: (id, value) => {
      const taken = check(id, value)
      if (taken === undefined) return undefined
      answers[taken.key] = value
      given = [...given, { id, value: textOf(value) }].slice(-givenKept)
      pending = pending.filter((one) => one !== taken)
      return publicPart(taken)
    },
    answered: () => Object.keys(answers).length > 0,
    take: () => {
      const taken = answers
      answers = {}
      return taken
    },
    save: () => ({ pending, answers, given, count }),
  }
}

// Kept short: an answer may be long, and all that counts is whether it is the same one.
const textOf = (value: unknown) => digestOf(JSON.stringify(encode(value)))

const publicPart = ({ id, node, value }: Known): PendingInterrupt => ({ id, node, value })

function unknownInterrupt(id: string, pending: readonly PendingInterrupt[]): ApplicationFailure {
  return toFailure(
    new TributaryError('Nothing waits under this interrupt id.', {
      code: 'graph/unknown-interrupt',
      facts: { id, waiting: pending.map((one) => one.id) },
      tryThis: 'ask graphInterrupts for the ids that wait; an interrupt is answered once',
    }),
  )
}
