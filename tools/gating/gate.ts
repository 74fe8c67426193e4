import { findError, TributaryError, type Digest, type PayeeId, type Receipt } from '../../kernel/index.ts'
import { accessOf, getReceipt, getVersion } from '../../store/index.ts'
import { isSignedBy } from '../claiming/claimChallenge.ts'
import type { ToolContext } from '../context.ts'
import { auditorText, type AuditorRequest } from './auditorRequest.ts'

const longestMs = 60 * 60_000

type Asked = { tool: string; receipt: Digest; auditor: AuditorRequest | undefined; payee?: PayeeId }

/**
 * Whether the caller may see what an answer learned from: always where its Datanet is open, and for the operator; else for an
 * auditor that the Datanet names, and for a payee about itself, by a signature over this very request.
 * Throws tools/auditor-request for a signature that does not hold.
 */
export async function maySee(ctx: ToolContext, asked: Asked): Promise<boolean> {
  if (ctx.call.stranger !== true) return true
  const { receipt } = await getReceipt(ctx.store, { id: asked.receipt })
  const auditors = await gatedTo(ctx, receipt)
  if (auditors === undefined) return true
  const { auditor, tool, payee } = asked
  if (auditor === undefined) return false
  const { address, expiresAtMs, signature } = auditor
  const now = ctx.now()
  const text = auditorText({ tool, receipt: asked.receipt, chainId: ctx.chain.chainId, expiresAtMs })
  const inTime = expiresAtMs >= now && expiresAtMs <= now + longestMs
  if (!inTime || !(await isSignedBy(address, text, signature))) {
    throw new TributaryError('The auditor’s signature does not hold for this request.', {
      code: 'tools/auditor-request',
      facts: { tool, receipt: asked.receipt, expired: expiresAtMs < now, tooFarAhead: expiresAtMs > now + longestMs },
      tryThis: 'sign tool, receipt, chain and an expiry within the hour, as docs/epochs.md has it',
    })
  }
  const who = address.toLowerCase()
  return who === payee || auditors.some((named) => named.toLowerCase() === who)
}

/** The same, or tools/gated. */
export async function refuseStrangers(ctx: ToolContext, asked: Asked): Promise<void> {
  if (!(await maySee(ctx, asked))) throw gated(asked.tool)
}

/** Who may look into the Datanet of an answer; undefined where that is open. */
export async function gatedTo(
  { store }: Pick<ToolContext, 'store'>,
  { datanet: root }: Pick<Receipt, 'datanet'>,
): Promise<readonly string[] | undefined> {
  const datanet = await datanetOf(store, root)
  // A model of others: none of its samples is here, so nothing of them can be shown.
  if (datanet === undefined) return undefined
  const { access, auditors } = await accessOf(store, { datanet })
  return access === 'gated' ? auditors : undefined
}

async function datanetOf(store: ToolContext['store'], root: Digest): Promise<string | undefined> {
  try {
    return (await getVersion(store, { root })).datanet
  } catch (failure) {
    if (findError(failure)?.code === 'store/not-found') return undefined
    throw failure
  }
}

export function gated(tool: string): TributaryError {
  return new TributaryError('This Datanet is gated: what it taught is for its named auditors.', {
    code: 'tools/gated',
    facts: { tool },
    tryThis: 'ask its keeper to be named as an auditor, and sign the request with that key',
  })
}
