import { setImmediate } from 'node:timers/promises'
import { TributaryError, type Decision, type Digest, type Sample } from '../../kernel/index.ts'
import { createDuplicateIndex } from './duplicateIndex.ts'
import { defaultCurationOptions, type CurationOptions, type CurationRule } from './rule.ts'
import { sampleRules } from './rules/index.ts'

/** What passed every rule about single samples: `accept` here is not yet the last word, duplicates come after. */
const passed = 'none'

/**
 * Asks the rules about single samples: one decision each, in order, `reject` by the first rule that objects. Samples are
 * judged alone, so batches of any size give the same decisions. Cost: about 2 ms a sample, most of it for secrets.
 */
export async function judgeSamples(
  samples: readonly Sample[],
  options: CurationOptions = defaultCurationOptions,
  rules: readonly CurationRule[] = sampleRules,
): Promise<Decision[]> {
  const decisions: Decision[] = []
  for (const [i, sample] of samples.entries()) {
    if (i % 50 === 49) await setImmediate()
    decisions.push(await judge(sample, options, rules))
  }
  return decisions
}

async function judge(sample: Sample, options: CurationOptions, rules: readonly CurationRule[]): Promise<Decision> {
  for (const { id, check } of rules) {
    const reason = await check(sample, options)
    if (reason !== undefined) return { sample: sample.id, verdict: 'reject', rule: id, reason }
  }
  return { sample: sample.id, verdict: 'accept', rule: passed, reason: 'No rule objects.' }
}

/**
 * Rejects exact and near duplicates among samples that passed all else, in commitment order: the first of a cluster is
 * accepted, each later one names it. The decisions about a beginning of the list are the beginning of the decisions.
 * A sample that was rejected for something else takes part in nothing, so a mended one can be contributed again.
 * Throws datanets/repeated-sample when one id is there twice. Cost: see createDuplicateIndex.
 */
export function judgeDuplicates(
  samples: readonly Sample[],
  { nearDuplicatePpm }: Pick<CurationOptions, 'nearDuplicatePpm'> = defaultCurationOptions,
): Decision[] {
  const index = createDuplicateIndex(nearDuplicatePpm)
  refuseRepeated(samples)
  return samples.map((sample, position): Decision => {
    const match = index.offer(sample, position)
    if (match === undefined) {
      return { sample: sample.id, verdict: 'accept', rule: passed, reason: 'No rule objects.' }
    }
    const first = samples[match.position]!
    const percent = Math.floor(match.similarityPpm / 10_000)
    return {
      sample: sample.id,
      verdict: 'reject',
      rule: match.exact ? 'duplicate/exact' : 'duplicate/near',
      reason: `It ${match.exact ? 'repeats' : `is ${percent} % the same as`} a sample that was committed earlier (${first.source}). Contribute what is new in it alone; who holds the rights to the earlier text can dispute that one.`,
      cluster: first.id,
    }
  })
}

/** Both together: one decision for every sample, in the order given, which is the commitment order. */
export async function curate(
  samples: readonly Sample[],
  options: CurationOptions = defaultCurationOptions,
): Promise<Decision[]> {
  refuseRepeated(samples)
  return mergeDecisions(samples, await judgeSamples(samples, options), options)
}

/**
 * The last decisions from those of judgeSamples about all samples: rejections stay, the rest is asked about duplicates.
 * For callers that judge in batches.
 */
export function mergeDecisions(
  samples: readonly Sample[],
  judged: readonly Decision[],
  options: Pick<CurationOptions, 'nearDuplicatePpm'> = defaultCurationOptions,
): Decision[] {
  const rejected = new Map(judged.filter(({ verdict }) => verdict === 'reject').map((found) => [found.sample, found]))
  const rest = samples.filter(({ id }) => !rejected.has(id))
  const byDuplicates = new Map(judgeDuplicates(rest, options).map((decision) => [decision.sample, decision]))
  return samples.map(({ id }) => rejected.get(id) ?? byDuplicates.get(id)!)
}

function refuseRepeated(samples: readonly Sample[]): void {
  const seen = new Set<Digest>()
  for (const { id } of samples) {
    if (seen.has(id)) {
      throw new TributaryError('The same sample is there twice.', {
        code: 'datanets/repeated-sample',
        facts: { sample: id },
        tryThis: 'commit to each sample once',
      })
    }
    seen.add(id)
  }
}
