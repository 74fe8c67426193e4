import { z } from 'zod'
import { ppmInteger, type Attribution } from '../../kernel/index.ts'
import type { RunPlan } from '../training/runPlan.ts'

export const sourceKinds = ['sample', 'contributor', 'datanet'] as const
export type SourceKind = (typeof sourceKinds)[number]

/** Whom or what an answer goes back to. */
export const sourceSchema = z.object({
  id: z.string().describe('digest of the sample, id of the payee, or root of the Datanet version'),
  name: z.string().describe('payee of the sample, the payee, or the name of the Datanet'),
  samples: z.int().describe('of those that the adapter was trained on'),
  scoreMicroNats: z.int().describe('how much more loss the answer would have without it; positive: it helped'),
  sharePpm: ppmInteger.describe('of what contributors earn from this answer'),
})
export type Source = z.infer<typeof sourceSchema>

/**
 * The sources of an answer by sample, contributor or Datanet, the largest share first, at most `top`. By sample there are as
 * many as the record names; a Datanet's score and share are the sums over its payees. Pure; cost: one pass.
 */
export function sourcesOf(
  by: SourceKind,
  attribution: Pick<Attribution, 'payees' | 'top'>,
  plan: Pick<RunPlan, 'samples' | 'datanet' | 'datanetRoot'>,
  top: number,
): Source[] {
  return sources[by](attribution, plan).slice(0, top)
}

type Of = (attribution: Pick<Attribution, 'payees' | 'top'>, plan: Parameters<typeof sourcesOf>[2]) => Source[]

const sources: Record<SourceKind, Of> = {
  sample: ({ top }) => top.map(({ sample, payee, ...rest }) => ({ id: sample, name: payee, samples: 1, ...rest })),
  contributor: ({ payees }, { samples }) => {
    const own = new Map<string, number>()
    for (const { payee } of samples) own.set(payee, (own.get(payee) ?? 0) + 1)
    return payees.map(({ payee, ...rest }) => ({ id: payee, name: payee, samples: own.get(payee) ?? 0, ...rest }))
  },
  datanet: ({ payees }, { datanet, datanetRoot, samples }) => [
    {
      id: datanetRoot,
      name: datanet,
      samples: samples.length,
      scoreMicroNats: payees.reduce((sum, { scoreMicroNats }) => sum + scoreMicroNats, 0),
      sharePpm: ppmInteger.parse(payees.reduce((sum, { sharePpm }) => sum + sharePpm, 0)),
    },
  ],
}
