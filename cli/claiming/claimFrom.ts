import { readFileSync } from 'node:fs'
import { privateKeyToAccount } from 'viem/accounts'
import { claimMany, openReader, openVault, readEvidence, verifyRewardClaim } from '../../chain/index.ts'
import { TributaryError } from '../../kernel/index.ts'
import { openPublished } from './openPublished.ts'

export type ClaimFrom = { from: string; payees: readonly string[]; rpc: string; vault?: string; keyFile: string }
export type Claimed = { epoch: number; payees: number; movedWei: bigint; transactions: string[] }

/**
 * Claims for payees from what is published, through the vault, paid for by the key in the file. Every proof is checked against
 * the root on chain before anything is sent; what has been claimed is passed over, so that it may be repeated.
 * Throws what openPublished throws, claim/vault, claim/superseded, claim/bad-proof, claim/key, chain/*.
 */
export async function claimFrom({ from, payees, rpc, vault: trusted, keyFile }: ClaimFrom): Promise<Claimed> {
  const { head, claims } = await openPublished(from)
  const { chainId, vault, fromBlock, epoch, root } = head
  if (trusted !== undefined && trusted.toLowerCase() !== vault.toLowerCase())
    throw refused('This was published of another vault than the one that you trust.', 'vault', { trusted, vault })
  const onChain = await readEvidence(await openReader(rpc, chainId), vault, epoch)
  const next = await readEvidence(await openReader(rpc, chainId), vault, epoch + 1)
  if (!onChain?.final || onChain.root !== root || next?.final)
    throw refused('The vault pays by another root by now, or not yet by this one.', 'superseded', {
      epoch,
      published: root,
      onChain: onChain?.root ?? 'nothing',
      final: onChain?.final ?? false,
      laterIsFinal: next?.final ?? false,
    })
  const asked = (await claims(payees)).map(({ payee, cumulativeWei, proof }) => ({
    payee,
    cumulativeWei: BigInt(cumulativeWei),
    proof,
  }))
  const bad = asked.find((claim) => !verifyRewardClaim(root, claim))
  if (bad) throw refused('A proof does not lead to the root.', 'bad-proof', { payee: bad.payee })
  const chain = await openVault({ rpcUrl: rpc, chainId, vault, fromBlock, account: readKey(keyFile) })
  const { claimedWei, payees: paid, txs } = await claimMany(chain, asked)
  return { epoch, payees: paid, movedWei: claimedWei, transactions: txs.map(({ tx }) => tx) }
}

function readKey(file: string) {
  let text = ''
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw refused('The key file cannot be read.', 'key', { file }, cause)
  }
  if (!/^0x[0-9a-f]{64}$/.test(text)) throw refused('The key file holds no key.', 'key', { file })
  return privateKeyToAccount(text as `0x${string}`)
}

function refused(
  message: string,
  what: 'vault' | 'superseded' | 'bad-proof' | 'key',
  facts: Record<string, string | number | boolean>,
  cause?: unknown,
): TributaryError {
  const next = {
    vault: 'ask for what is published of the deployment that you trust',
    superseded: 'fetch the index of the last final epoch: leaves are cumulative, so it holds everything',
    'bad-proof': 'fetch it again, or from somebody else; compare the index digest with the epoch’s',
    key: 'name a file with one line, 0x and 64 hexadecimal digits, of an account with some gas',
  }
  return new TributaryError(message, { code: `claim/${what}`, facts, tryThis: next[what], cause })
}
