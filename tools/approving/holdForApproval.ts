import {
  approvalRefused,
  approvalRequired,
  canonicalAction,
  digestText,
  TributaryError,
  type Digest,
} from '../../kernel/index.ts'
import { approvalsAt, askApproval, decideApproval, findApproval, type Approval } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { ToolDefinition } from '../defineTool.ts'
import { toWire } from '../faces/wire.ts'
import { approvalSigner } from './approvalSigner.ts'
import { ruleFor } from './ruleFor.ts'

/**
 * Lets a call pass that needs no approval, or has one; returns the digest that was approved. The action is tool, agent, workflow, step and the
 * input as the schema left it: approved is that, once, and nothing else. What the store says holds, whatever the caller brings.
 *
 * Throws approval/required (a graph then waits), approval/changed, approval/denied, approval/expired.
 */
export async function holdForApproval(
  definition: ToolDefinition,
  input: Record<string, unknown>,
  ctx: ToolContext,
): Promise<Digest | undefined> {
  const { mode, expiresSeconds, rule } = await ruleFor(definition, ctx)
  if (mode === 'unattended') return undefined
  const { store, call, now } = ctx
  const { name: tool, effect } = definition
  const agent = call.agent ?? call.face
  const { workflow = null, run = null, step = call.effectKey ?? '' } = call.origin ?? {}
  const place =
    workflow === null ? (call.effectKey ?? `${call.face}/${digestText(toWire(input))}`) : `${workflow}/${step}`
  const { action, digest } = canonicalAction({ v: 1, tool, effect, agent, workflow, step, input })
  if (call.verdict !== undefined && call.verdict.digest !== digest) {
    throw approvalRefused('changed', { asked: digest, answered: call.verdict.digest })
  }
  let row = await findApproval(store, { digest })
  if (row === undefined) {
    await refuseChanged(ctx, { place, run, digest })
    const askedAtMs = now()
    const mostWei = definition.mostWei?.(input)
    const amountWei = mostWei === undefined ? null : BigInt(mostWei)
    const expiresAtMs = expiresSeconds === null ? null : askedAtMs + expiresSeconds * 1_000
    const asked = { digest, place, workflow, run, step, agent, tool, effect, action, amountWei, expiresAtMs, askedAtMs }
    row = await askApproval(store, { asked, rule, signer: approvalSigner(ctx) })
  }
  return passed(ctx, row, action)
}

/** What was asked about in this place, and neither denied nor out of time, is what may be done there. */
async function refuseChanged(
  { store }: ToolContext,
  { place, run, digest }: { place: string; run: string | null; digest: Digest },
): Promise<void> {
  const others = await approvalsAt(store, { place })
  const other = others.find((one) => one.run === run && (one.state === 'waiting' || one.state === 'approved'))
  if (other) throw approvalRefused('changed', { asked: digest, [other.state]: other.digest })
}

async function passed(ctx: ToolContext, row: Approval, action: string): Promise<Digest> {
  const { digest, state, reason, expiresAtMs } = row
  if (state === 'approved') return digest
  if (state === 'denied') throw approvalRefused('denied', { digest, reason })
  if (state === 'expired') throw approvalRefused('expired', { digest })
  if (expiresAtMs === null || ctx.now() < expiresAtMs) throw approvalRequired({ action, digest, expiresAtMs })
  return outOfTime(ctx, digest)
}

/** Somebody may have answered in the last moment: what was written first holds. */
export async function outOfTime(ctx: ToolContext, digest: Digest): Promise<Digest> {
  const { store, now } = ctx
  const expired = { digest, state: 'expired', by: 'time', atMs: now(), signer: approvalSigner(ctx) } as const
  await decideApproval(store, expired)
  const row = await findApproval(store, { digest })
  if (row?.state === 'approved') return digest
  if (row?.state === 'denied') throw approvalRefused('denied', { digest, reason: row.reason })
  throw approvalRefused('expired', { digest })
}

/** Nobody approves what it asks for itself: neither a workflow nor a model that was given the tools. */
export function refuseOwnWord({ call }: Pick<ToolContext, 'call'>): void {
  if (call.face !== 'activity' && call.face !== 'langchain') return
  throw new TributaryError('A workflow or a model can’t approve, and can’t say what needs no approval.', {
    code: 'approval/own-word',
    facts: { face: call.face },
    tryThis: 'the operator does: tributary approvals, or the tools over HTTP or MCP with the operator’s token',
  })
}
