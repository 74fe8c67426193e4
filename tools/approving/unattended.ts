/**
 * Agents whose spending needs nobody's word unless the operator's rule says so: each is held to a budget before anything is signed
 * (tools/budgeting), or pays nothing but what rules owe. The tour buys its answers through the first; the treasurer closes epochs.
 */
export const unattended: ReadonlySet<string> = new Set(['buyer', 'treasurer'])
