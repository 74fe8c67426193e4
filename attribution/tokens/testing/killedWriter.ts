import { digestText } from '../../../kernel/index.ts'
import { appendDocuments } from '../store/appendDocuments.ts'
import { mergeShards } from '../store/mergeShards.ts'
import { takeDown } from '../store/takeDown.ts'
import { documentsOf } from './indexOf.ts'

/** `node killedWriter.ts <dir> <operation> <step>`: changes an index and kills itself before that step to the disk. */
const [dir = '', operation, step] = process.argv.slice(2)
let left = Number(step)
const onStep = (): void => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
}
const all = documentsOf([
  [1, 2, 3, 4],
  [3, 4, 5],
  [6, 7, 8, 9],
  [1, 2, 3],
])
if (operation === 'append') await appendDocuments({ dir, documents: all.slice(3), onStep })
if (operation === 'takeDown') await takeDown({ dir, samples: [digestText('sample 1')], onStep })
if (operation === 'merge') await mergeShards({ dir, onStep })
