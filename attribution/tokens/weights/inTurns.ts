import { setImmediate as otherWork } from 'node:timers/promises'

/** Work that says where it may be left for a while, and what comes of it. */
export type Turns<Result> = Generator<undefined, Result>

/** Does it without a pause. */
export function atOnce<Result>(work: Turns<Result>): Result {
  for (;;) {
    const turn = work.next()
    if (turn.done) return turn.value
  }
}

/** Lets others go on between its turns: a long text must not hold up answers that are sold in the same process. */
export async function inTurns<Result>(work: Turns<Result>): Promise<Result> {
  for (;;) {
    const turn = work.next()
    if (turn.done) return turn.value
    await otherWork()
  }
}
