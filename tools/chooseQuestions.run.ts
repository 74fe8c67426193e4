import { drawQuestions, splitByDocument } from '../datanets/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { getVersion, samplesOfVersion } from '../store/index.ts'
import type { chooseQuestions } from './chooseQuestions.ts'
import type { Run } from './runTool.ts'
import { heldOutSplit } from './training/heldOutSplit.ts'

export const run: Run<typeof chooseQuestions> = async ({ datanetRoot, count, seed, skip }, { store }) => {
  const { datanet, number } = await getVersion(store, { root: datanetRoot })
  const { heldOut } = splitByDocument(
    await samplesOfVersion(store, { datanet, number }),
    heldOutSplit(datanetRoot, seed),
  )
  const drawn = drawQuestions(heldOut, { n: skip + count, seed: `${seed}` }).slice(skip)
  if (drawn.length === 0) {
    throw new TributaryError('All held-out samples have been asked about.', {
      code: 'tools/no-questions-left',
      facts: { datanet, heldOut: heldOut.length, asked: skip },
      tryThis: 'ask questions of your own: tributary ask "…"',
    })
  }
  return { questions: drawn.map(({ id, prompt }) => ({ sample: id, prompt })) }
}
