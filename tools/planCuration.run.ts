import { defaultCurationOptions, sampleRules } from '../datanets/index.ts'
import { digestOf, TributaryError } from '../kernel/index.ts'
import { listContributions, listDatanets } from '../store/index.ts'
import type { planCuration } from './planCuration.ts'
import type { Run } from './runTool.ts'

/** A name that was mistyped is refused here: a recipe would else judge nothing, night after night, and call it done. */
export const run: Run<typeof planCuration> = async ({ datanet }, { store }) => {
  const known = (await listDatanets(store, {})).map(({ id }) => id)
  if (!known.includes(datanet)) throw unknown(datanet, known)
  return {
    samples: (await listContributions(store, { datanet })).length,
    rules: digestOf({ rules: sampleRules.map(({ id }) => id), options: defaultCurationOptions }),
  }
}

function unknown(datanet: string, known: string[]): TributaryError {
  return new TributaryError(`There is no Datanet ${datanet.slice(0, 80)} here.`, {
    code: 'tools/no-datanet',
    facts: { datanet: datanet.slice(0, 80), known: known.slice(0, 20) },
    tryThis: 'name one that is known, or bring samples first: tributary datanet import, or contribute',
  })
}
