import { parentPort, workerData } from 'node:worker_threads'
import { textSections } from './makeShard.ts'
import type { ShardText } from './ShardInput.ts'
import { shareSorting } from './suffixArray.ts'
import type { Team } from './Team.ts'

/** A thread of makeShardInWorker: the first makes what is searched and tells how far it is, the others sort with it. */
const { input, team } = workerData as { input: ShardText; team: Team }
if (team.thread === 0) {
  const made = textSections(input, (progress) => parentPort!.postMessage({ progress }, []), team)
  const buffers = made.sections.map(({ bytes: { buffer } }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer)
  parentPort!.postMessage({ made }, [...new Set(buffers)])
} else shareSorting(input.variant === 'plain' ? input.text : input.text.toReversed(), team)
