import { z } from 'zod'
import {
  digestBytes,
  digestString,
  engineStampSchema,
  sampleSchema,
  TributaryError,
  type Digest,
} from '../../kernel/index.ts'
import { runPlanSchema } from '../training/runPlan.ts'
import { trainingCard } from '../training/trainingCard.ts'

/**
 * All that a stranger needs to train an adapter set again, besides the base model: canonical JSON whose digest the bond
 * carries. It holds the samples' texts, so it is handed out for open Datanets only.
 */
export const bundleSchema = z.object({
  v: z.literal(1),
  adapter: digestString,
  plan: runPlanSchema,
  card: trainingCard,
  /** Of the engine that trained: bits are claimed for its class of machine and version of the runtime. */
  machine: engineStampSchema,
  /** Ids of the whole Datanet version, sorted: their root stands on chain. */
  version: z.array(digestString).min(1),
  /** In the order of the plan. */
  samples: z.array(sampleSchema).min(1),
})
export type Bundle = z.output<typeof bundleSchema>

/** Bytes as a bundle. Throws verify/differs for other bytes than the bond names, tools/other-version for another form. */
export function readBundle(bytes: Uint8Array, digest: Digest): Bundle {
  const found = digestBytes(bytes)
  if (found !== digest) throw differs('the bundle', { bond: digest, found })
  const parsed = bundleSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (parsed.success) return parsed.data
  throw new TributaryError('This bundle was written by another version of Tributary.', {
    code: 'tools/other-version',
    facts: {
      bundle: digest,
      issues: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`),
    },
    tryThis: 'verify with the version that wrote it: what its training gives is claimed for that version',
  })
}

/** What is thrown where two things that were committed do not fit together: found before anything is trained. */
export function differs(what: string, facts: TributaryError['facts']): TributaryError {
  return new TributaryError(`In this bundle, ${what} is not what stands on chain.`, {
    code: 'verify/differs',
    facts: { what, ...facts },
    tryThis: 'ask for the bundle again; where its digest is that of the bond, the set cannot be verified: say so',
  })
}
