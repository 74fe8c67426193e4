import type { Sample } from '../../kernel/index.ts'
import { defaultCurationOptions, type CurationOptions, type CurationRule } from './rule.ts'
import { sampleRules } from './rules/index.ts'

/**
 * The first doubt of a rule about a sample that passed all of them: it was near the line. Undefined where nobody needs to look.
 * What is said of it can only take the sample out, since every rule lets it pass.
 */
export function doubtAbout(
  sample: Sample,
  options: CurationOptions = defaultCurationOptions,
  rules: readonly CurationRule[] = sampleRules,
): { rule: string; reason: string } | undefined {
  for (const { id, doubt } of rules) {
    const reason = doubt?.(sample, options)
    if (reason !== undefined) return { rule: id, reason }
  }
  return undefined
}
