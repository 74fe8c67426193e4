import { patched, sleep, workflowInfo } from '@temporalio/workflow'
import { largestInlineBytes } from './payload/blobCodec.ts'
import { encode } from './payload/encode.ts'

/** So many calls of one workflow task are not measured: with a payload each they stay far below what a server takes, 4 MB a message. */
const unmeasuredCalls = 4
/** What all others of a task may bring, in characters, of which each takes 3 bytes at most. */
const mostCharacters = 800_000

/** The workflow task at hand, by the length of the history that it was given, and what it schedules already. */
let task = -1
let calls = 0
let characters = 0
let nextTask: Promise<void> | undefined

/**
 * Whether an activity with this input can be scheduled by the workflow task at hand: then undefined. Else when it can be, by one of
 * the next tasks: a server refuses a task that is too large, and it is tried again for ever.
 * Cost: nothing for the first calls of a task, then one more encoding of the input.
 */
export function roomInTask(input: unknown): Promise<void> | undefined {
  lookAtTask()
  if (calls < unmeasuredCalls) {
    calls++
    return undefined
  }
  const size = sizeOf(input)
  // Of before there was this, a run under way schedules as it did.
  if (fits(size) || !patched('graph-task-room/1')) return undefined
  return untilFits(size)
}

async function untilFits(size: number): Promise<void> {
  do {
    await (nextTask ??= sleep(1).finally(() => {
      nextTask = undefined
    }))
  } while (!fits(size))
}

function lookAtTask(): void {
  const { historyLength } = workflowInfo()
  if (historyLength !== task) [task, calls, characters] = [historyLength, 0, 0]
}

function fits(size: number): boolean {
  lookAtTask()
  if (characters + size > mostCharacters) return false
  characters += size
  return true
}

/** Of what is larger only the digest goes along. */
function sizeOf(input: unknown): number {
  const { length } = JSON.stringify(encode(input))
  return length > largestInlineBytes ? 500 : length + 200
}
