import { provenanceRules, shareRules } from '../../attribution/index.ts'
import { revenueRuleSchema, TributaryError, type RevenueRule } from '../../kernel/index.ts'

/** The most that contracts let a rule give away, in millionths of a fee. */
export type Ceilings = { treasuryPpm: number; operatorsPpm?: number }

export type RuleProblem = { field: string; problem: string }

/** A document as a revenue rule, or what is wrong with it, field by field. */
export function readRule(
  document: unknown,
  ceilings?: Ceilings,
): { rule: RevenueRule; problems: [] } | { rule: undefined; problems: RuleProblem[] } {
  const parsed = revenueRuleSchema.safeParse(document)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      field: path.join('.') || '(rule)',
      problem: message,
    }))
    return { rule: undefined, problems }
  }
  const rule = parsed.data
  const problems = [
    ...unknownFields(document as object, rule),
    ...wrongParts(rule, ceilings),
    ...unpayable(rule),
    ...unknownProvenance(rule),
  ]
  return problems.length > 0 ? { rule: undefined, problems } : { rule, problems: [] }
}

/** The same for callers that go on with a rule only. Throws tools/rule with one line for each problem. */
export function requireRule(document: unknown, ceilings?: Ceilings): RevenueRule {
  const { rule, problems } = readRule(document, ceilings)
  if (rule) return rule
  throw new TributaryError('This document is no revenue rule that could be paid by.', {
    code: 'tools/rule',
    facts: { issues: problems.map(({ field, problem }) => `${field}: ${problem}`) },
    tryThis: 'mend the fields that are named; tributary rule show prints the rule in force to begin with',
  })
}

/** The digest of a rule is of what it says: a field that the schema does not know would be said and not done. */
function unknownFields(document: object, rule: RevenueRule): RuleProblem[] {
  const unknown = Object.keys(document).filter((key) => !(key in rule))
  return unknown.map((field) => ({ field, problem: `no field of a rule of version ${rule.v}` }))
}

function wrongParts(rule: RevenueRule, ceilings: Ceilings | undefined): RuleProblem[] {
  const { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm } = rule
  const operatorsPpm = serverPpm + modelOwnerPpm
  const sum = treasuryPpm + operatorsPpm + contributorsPpm
  const parts = 'treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm'
  return [
    ...(sum === 1_000_000 ? [] : [{ field: parts, problem: `sum to ${sum} and not to 1000000 ppm` }]),
    ...(ceilings && treasuryPpm > ceilings.treasuryPpm
      ? [{ field: 'treasuryPpm', problem: `over the contracts’ ceiling of ${ceilings.treasuryPpm} ppm` }]
      : []),
    ...(ceilings?.operatorsPpm !== undefined && operatorsPpm > ceilings.operatorsPpm
      ? [
          {
            field: 'serverPpm, modelOwnerPpm',
            problem: `together over the contracts’ ceiling of ${ceilings.operatorsPpm} ppm`,
          },
        ]
      : []),
  ]
}

/** Attributions keep one score a payee: a share rule that asks for more cannot be paid by. */
function unpayable({ shareRule: id }: RevenueRule): RuleProblem[] {
  const found = shareRules.get(id)
  const field = 'shareRule'
  if (!found) return [{ field, problem: `nobody here knows ${id}; known are ${[...shareRules.keys()].join(', ')}` }]
  const payees = [{ payee: 'npm:somebody' as never, scoreMicroNats: 1 }]
  try {
    found.weigh({ payees, noiseFloorMicroNats: 0, unassignedMicroNats: 0n })
    return []
  } catch {
    return [{ field, problem: `${id} asks for more than the one score a payee that receipts keep` }]
  }
}

function unknownProvenance(rule: RevenueRule): RuleProblem[] {
  if (rule.v !== 4 || provenanceRules.has(rule.provenanceRule)) return []
  const problem = `nobody here knows ${rule.provenanceRule}; known are ${[...provenanceRules.keys()].join(', ')}`
  return [{ field: 'provenanceRule', problem }]
}
