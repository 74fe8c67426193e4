import { listApprovalRules, type ApprovalRule, type Store } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { ToolDefinition } from '../defineTool.ts'
import { unattended } from './unattended.ts'

/** What holds for a call: the operator's rule where there is one, or what we do without. */
export type Standing = { mode: ApprovalRule['mode']; expiresSeconds: number | null; rule?: ApprovalRule }

const keptMs = 1_000
const kept = new WeakMap<Store, { atMs: number; rules: Promise<ApprovalRule[]> }>()

/** Another process follows a changed rule within a second; this one at once. */
export function forgetRules(store: Store): void {
  kept.delete(store)
}

/**
 * The narrowest rule that matches: of this tool and agent, of this tool, of all that spends by this agent, of all that spends. Without one a
 * node of a graph that spends asks, since a model may have chosen what it does; agents that are held to a budget, plain workflows and
 * calls from outside do not. Strangers are bound by rules that name their face alone: else each could fill the list.
 */
export async function ruleFor({ name, effect }: ToolDefinition, ctx: ToolContext): Promise<Standing> {
  const { store, call } = ctx
  const agent = call.agent ?? call.face
  const isOf = (tool: string, who: string) => (rule: ApprovalRule) => rule.tool === tool && rule.agent === who
  const rules = await rulesOf(store)
  const orders = [isOf(name, agent), call.stranger ? undefined : isOf(name, '')]
  if (effect === 'spend') orders.push(isOf('*', agent), call.stranger ? undefined : isOf('*', ''))
  for (const matches of orders) {
    const rule = matches && rules.find(matches)
    if (rule) return { mode: rule.mode, expiresSeconds: rule.expiresSeconds, rule }
  }
  const asks = effect === 'spend' && (call.origin?.node ?? '') !== '' && !unattended.has(agent)
  return { mode: asks ? 'ask' : 'unattended', expiresSeconds: null }
}

function rulesOf(store: Store): Promise<ApprovalRule[]> {
  const atMs = performance.now()
  const known = kept.get(store)
  if (known !== undefined && atMs - known.atMs < keptMs) return known.rules
  const rules = listApprovalRules(store, {})
  kept.set(store, { atMs, rules })
  // What could not be read is asked for again, not remembered.
  rules.catch(() => kept.delete(store))
  return rules
}
