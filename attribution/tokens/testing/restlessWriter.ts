import { digestText } from '../../../kernel/index.ts'
import { appendDocuments } from '../store/appendDocuments.ts'
import { mergeShards } from '../store/mergeShards.ts'
import { documentsOf } from './indexOf.ts'

/** `node restlessWriter.ts <dir> <from>`: appends one document after another and merges, for ever. Says so after each merge. */
const [dir = '', from] = process.argv.slice(2)
console.log('begins')
for (let i = Number(from); ; i++) {
  for (const part of [0, 1]) {
    const [document] = documentsOf([[1, 2, 3, i % 1_000, part, 7, 8]])
    const sample = digestText(`restless ${i} ${part}`)
    await appendDocuments({ dir, documents: [{ ...document!, sample, cluster: sample }] })
  }
  await mergeShards({ dir })
  console.log(i)
}
