import type { RevenueRule } from '../../kernel/index.ts'

/** The fields in which two rules differ, by name; one that a rule does not have is 'absent'. */
export function ruleChanges(from: RevenueRule, to: RevenueRule): { field: string; from: string; to: string }[] {
  const [before, after] = [
    new Map<string, string | number>(Object.entries(from)),
    new Map<string, string | number>(Object.entries(to)),
  ]
  const fields = [...new Set([...before.keys(), ...after.keys()])]
  const said = (value: string | number | undefined) => (value === undefined ? 'absent' : String(value))
  return fields
    .map((field) => ({ field, from: said(before.get(field)), to: said(after.get(field)) }))
    .filter((change) => change.from !== change.to)
}
