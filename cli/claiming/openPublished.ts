import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestBytes, TributaryError, type Digest } from '../../kernel/index.ts'
import { claimProofSchema, epochIndex, epochPage, pageOf, type ClaimProof, type EpochIndex } from '../../tools/index.ts'

/** What can be claimed from, wherever it lies. `all` reads every page. */
export type Published = {
  head: Pick<EpochIndex, 'chainId' | 'vault' | 'fromBlock' | 'epoch' | 'root'>
  claims: (payees: readonly string[]) => Promise<ClaimProof[]>
}

/** The largest file that is read: a page of 256 statements is far smaller. */
const mostBytes = 64 * 2 ** 20

/**
 * Opens the published index of an epoch (a file with its pages beside it, or an address), or a file of claim_proof. Each page is
 * checked against the digest that the index names. Throws claim/unreadable, claim/page-differs, claim/no-leaf.
 */
export async function openPublished(from: string): Promise<Published> {
  const read = async (address: string): Promise<Uint8Array> => {
    try {
      return /^https?:/.test(address) ? await fetched(address) : await readFile(address)
    } catch (cause) {
      throw unreadable(address, cause)
    }
  }
  const document = parsed(from, await read(from))
  const one = claimProofSchema.safeParse(document)
  if (one.success) return { head: one.data, claims: async (payees) => pick([one.data], payees) }
  const found = epochIndex.safeParse(document)
  if (!found.success) throw unreadable(from)
  const index = found.data
  const page = async (digest: Digest) => {
    const bytes = await read(pageAddress(from, digest))
    if (digestBytes(bytes) !== digest) {
      throw new TributaryError('A page is not the one that the index names.', {
        code: 'claim/page-differs',
        facts: { digest, found: digestBytes(bytes) },
        tryThis: 'fetch the page again, or from somebody else: its digest says which bytes are right',
      })
    }
    return epochPage.parse(parsed(digest, bytes)).statements
  }
  const { chainId, vault, fromBlock, epoch, root } = index
  const head = { chainId, vault, fromBlock, epoch, root }
  return {
    head,
    claims: async (payees) => {
      const digests = new Set(
        payees.length === 0
          ? index.pages.map(({ digest }) => digest)
          : payees.flatMap((payee) => pageOf(index.pages, payee)?.digest ?? []),
      )
      const claims: ClaimProof[] = []
      for (const digest of digests) {
        for (const { payee, cumulativeWei, proof } of await page(digest))
          if (cumulativeWei !== '0')
            claims.push({ v: 1, kind: 'tributary/claim-proof', ...head, payee, cumulativeWei, proof })
      }
      return pick(claims, payees)
    },
  }
}

function pick(claims: readonly ClaimProof[], payees: readonly string[]): ClaimProof[] {
  if (payees.length === 0) return [...claims]
  return payees.map((payee) => {
    const found = claims.find((claim) => claim.payee === payee)
    if (found) return found
    throw new TributaryError('This payee has no leaf in what is published.', {
      code: 'claim/no-leaf',
      facts: { payee },
      tryThis: 'name the payee as its statement does; one who never earned has nothing to claim',
    })
  })
}

function pageAddress(from: string, digest: Digest): string {
  if (!/^https?:/.test(from)) return join(dirname(from), `${digest}.json`)
  return from.endsWith('.json') ? new URL(`${digest}.json`, from).href : `${from.replace(/\/$/, '')}/${digest}`
}

async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok) throw new Error(`it answers ${response.status}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length > mostBytes) throw new Error('it is too large')
  return bytes
}

function parsed(address: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw unreadable(address, cause)
  }
}

function unreadable(address: string, cause?: unknown): TributaryError {
  return new TributaryError('Nothing can be claimed from this.', {
    code: 'claim/unreadable',
    facts: { from: address.slice(0, 300), reason: cause instanceof Error ? cause.message.slice(0, 200) : '' },
    tryThis: 'name the index of a published epoch, or a file of claim_proof',
    cause,
  })
}
