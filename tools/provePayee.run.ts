import { bindPayee, requestRecovery, signBinding } from '../chain/index.ts'
import { toWeiString, type Digest } from '../kernel/index.ts'
import { appendTrace, getPayeeClaim, markPayeeClaim, payeeKeyOf, type PayeeClaim } from '../store/index.ts'
import { challengeText, checkChallenge, type ClaimChallenge } from './claiming/claimChallenge.ts'
import { controlEvidence } from './claiming/controlEvidence.ts'
import { payOut } from './claiming/payOut.ts'
import type { provePayee } from './provePayee.ts'
import type { Run } from './runTool.ts'

/** The steward’s word is good for an hour: long enough to be mined. */
const bindingSeconds = 3_600

/**
 * Checks the challenge, looks for the proof, and only then signs as the steward. What was found is kept before anything is sent;
 * a run that was cut goes on from there, and looks at the chain before it sends.
 */
export const run: Run<typeof provePayee> = async ({ nonce, signature, proof }, ctx) => {
  const { store, chain, keys, now, proofs, blobs } = ctx
  const claim = await getPayeeClaim(store, { nonce })
  const { payee, account } = claim
  const challenge = challengeOf(claim)
  const scope = { chainId: chain.chainId, escrow: chain.contracts.payeeEscrow }
  await checkChallenge(challenge, { signature, nowMs: claim.state === 'open' ? now() : 0, ...scope })
  if (claim.state === 'open') {
    const namedKey = await payeeKeyOf(store, { payee })
    const found = await controlEvidence(
      proofs,
      { payee, account, challenge: challengeText(challenge), namedKey },
      proof,
    )
    await blobs.put(found.bytes)
    const { kind, source, digest: evidence } = found
    await appendTrace(store, {
      subject: `payee/${payee}`,
      key: nonce,
      kind: 'payee-proof',
      body: { purpose: claim.purpose, account, proof: kind, source, evidence },
      atMs: now(),
    })
    await markPayeeClaim(store, { nonce, to: 'proved', evidence, source })
  }
  const proved = await getPayeeClaim(store, { nonce })
  const deadline = Math.floor(now() / 1_000) + bindingSeconds
  if (claim.purpose === 'recover') {
    // Asked for once: were it cancelled, the same challenge must not ask again.
    const transaction = proved.tx ?? (await requestRecovery(chain, keys.steward, { payee, account, deadline })).tx
    if (proved.state !== 'done') await markPayeeClaim(store, { nonce, to: 'done', tx: transaction as Digest })
    return { payee, account, evidence: proved.evidence!, source: proved.source!, transaction, paidWei: toWeiString(0n) }
  }
  const { tx } = await bindPayee(chain, await signBinding(chain, keys.steward, { payee, account, deadline }))
  if (proved.state !== 'done') await markPayeeClaim(store, { nonce, to: 'done', tx: tx as Digest })
  return {
    payee,
    account,
    evidence: proved.evidence!,
    source: proved.source!,
    transaction: tx,
    paidWei: toWeiString(await payOut(ctx, payee)),
  }
}

export function challengeOf({
  purpose,
  payee,
  account,
  chainId,
  escrow,
  nonce,
  expiresAtMs,
}: PayeeClaim): ClaimChallenge {
  return { purpose, payee, account, chainId: Number(chainId), escrow, nonce, expiresAtMs }
}
