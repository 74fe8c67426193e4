import type { ApplicationFailure } from '@temporalio/workflow'
import { TributaryError } from '../../kernel/index.ts'
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
  /** Throws graph/unknown-interrupt for an id that is not waiting, or is answered already. */
  check: (id: string) => void
  answer: (id: string, value: unknown) => PendingInterrupt
  answered: () => boolean
  /** The answers so far as LangGraph wants them, and forgets them. */
  take: () => Record<string, unknown>
}

type Known = PendingInterrupt & { key: string }

export function createInterrupts(): Interrupts {
  let pending: Known[] = []
  let answers: Record<string, unknown> = {}
  let count = 0

  const find = (id: string) => pending.find((one) => one.id === id)
  const check = (id: string): Known => {
    const found = find(id)
    if (found !== undefined) return found
    throw unknownInterrupt(id, pending)
  }
  return {
    update: (tasks, raised) => {
      const before = pending
      pending = tasks.flatMap(({ name, interrupts }) =>
        interrupts.flatMap(({ id: key = '', value }) => {
          if (!raised.has(key)) return []
          // Resuming one of several asks the others again under their keys. An answered one has left `before`, so a
          // second question of the same node, which has the same key, gets an id of its own.
          const known = before.find((one) => one.key === key)
          return known ?? { id: `${name}#${++count}`, node: name, value, key }
        }),
      )
      return pending.filter((one) => !before.includes(one)).map(publicPart)
    },
    waiting: () => pending.map(publicPart),
    check: (id) => void check(id),
    answer: (id, value) => {
      const taken = check(id)
      answers[taken.key] = value
      pending = pending.filter((one) => one !== taken)
      return publicPart(taken)
    },
    answered: () => Object.keys(answers).length > 0,
    take: () => {
      const taken = answers
      answers = {}
      return taken
    },
  }
}

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
