import { defaultCurationOptions, sampleRules } from '../datanets/index.ts'
import { digestOf } from '../kernel/index.ts'
import { listContributions } from '../store/index.ts'
import type { planCuration } from './planCuration.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof planCuration> = async ({ datanet }, { store }) => ({
  samples: (await listContributions(store, { datanet })).length,
  rules: digestOf({ rules: sampleRules.map(({ id }) => id), options: defaultCurationOptions }),
})
