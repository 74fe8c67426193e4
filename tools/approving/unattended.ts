/**
 * Agents whose spending needs nobody's word unless the operator's rule says so: each is held to a budget before anything is signed
 * (tools/budgeting). The tour buys its answers through the first.
 */
export const unattended: ReadonlySet<string> = new Set(['buyer'])
