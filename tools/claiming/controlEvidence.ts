import { z } from 'zod'
import { digestBytes, TributaryError, type Address, type Digest, type PayeeId } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { isSignedBy } from './claimChallenge.ts'
import type { ControlProof } from './controlProof.ts'
import { fetchEvidence } from './fetchEvidence.ts'

/** What was found, as bytes that are kept: whoever doubts the binding can ask for them by their digest. */
export type ControlEvidence = { kind: ControlProof['kind']; source: string; bytes: Uint8Array; digest: Digest }

export type Claimed = { payee: PayeeId; account: Address; challenge: string; namedKey: Address | null }

/**
 * Looks for the proof that whoever controls the payee names this address. A domain's and a package's word is only asked of the
 * domain and of the configured registry. Throws payee/wrong-proof, payee/not-named, payee/no-evidence and what fetchEvidence throws.
 */
export async function controlEvidence(
  proofs: ToolContext['proofs'],
  claimed: Claimed,
  proof: ControlProof,
): Promise<ControlEvidence> {
  if (proof.kind === 'npm') return npmEvidence(proofs, claimed, proof.package)
  if (proof.kind === 'domain')
    return proof.by === 'dns' ? dnsEvidence(proofs, claimed) : wellKnownEvidence(proofs, claimed)
  const { payee, namedKey, challenge } = claimed
  if (namedKey === null || !(await isSignedBy(namedKey, challenge, proof.signature)))
    throw notNamed(payee, namedKey === null ? 'it named no key beforehand' : 'another key signed')
  return found('key', namedKey, new TextEncoder().encode(proof.signature))
}

// What npm accepts as a name: lower case, URL-safe, no dot or underscore first.
const npmName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/

async function npmEvidence(
  { npmRegistry }: ToolContext['proofs'],
  { payee, account }: Claimed,
  asked: string | undefined,
): Promise<ControlEvidence> {
  const own = payee.startsWith('npm:') ? payee.slice('npm:'.length) : ''
  const isScope = own.startsWith('@') && !own.includes('/')
  const name = asked ?? own
  const belongs = isScope ? name.startsWith(`${own}/`) : name === own
  if (own === '' || !npmName.test(name) || !belongs)
    throw wrongProof(payee, isScope ? `name a package of ${own}` : 'only npm packages are proved by their package.json')
  const { url, bytes } = await fetchEvidence(`${npmRegistry.replace(/\/$/, '')}/${name.replace('/', '%2f')}/latest`, {
    trustedOrigin: npmRegistry,
  })
  const manifest = z
    .object({ name: z.string(), tributary: z.object({ payee: z.string() }) })
    .safeParse(json(payee, bytes))
  if (!manifest.success || manifest.data.name !== name || !same(manifest.data.tributary.payee, account))
    throw notNamed(payee, `the latest package.json of ${name} does not say so`)
  return found('npm', url, bytes)
}

async function wellKnownEvidence(proofs: ToolContext['proofs'], { payee, account }: Claimed): Promise<ControlEvidence> {
  const domain = domainOf(payee)
  const base = proofs.originOf(domain)
  const { url, bytes } = await fetchEvidence(`${base}/.well-known/tributary.json`, {
    trustedOrigin: proofs.trustedOrigin,
  })
  const document = z.object({ payee: z.string() }).safeParse(json(payee, bytes))
  if (!document.success || !same(document.data.payee, account))
    throw notNamed(payee, `${domain}/.well-known/tributary.json does not say so`)
  return found('domain', url, bytes)
}

async function dnsEvidence(
  { resolveTxt }: ToolContext['proofs'],
  { payee, account }: Claimed,
): Promise<ControlEvidence> {
  const name = `_tributary.${domainOf(payee)}`
  let records: string[]
  try {
    records = (await resolveTxt(name)).map((parts) => parts.join(''))
  } catch (cause) {
    throw new TributaryError('The name server knows no such record.', {
      code: 'payee/no-evidence',
      facts: { name, reason: cause instanceof Error ? cause.message.slice(0, 200) : '' },
      tryThis: `publish a TXT record of ${name}: tributary-payee=<address>`,
      retry: true,
      cause,
    })
  }
  const record = records.find((text) =>
    same(/^tributary-payee=(0x[0-9a-fA-F]{40})$/.exec(text.trim())?.[1] ?? '', account),
  )
  if (record === undefined) throw notNamed(payee, `no TXT record of ${name} says so`)
  return found('domain', `dns:${name}`, new TextEncoder().encode(record))
}

/** Of payees `domain:example.org`. */
function domainOf(payee: PayeeId): string {
  const domain = payee.startsWith('domain:') ? payee.slice('domain:'.length) : ''
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (domain.length <= 253 && new RegExp(`^(${label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`).test(domain)) return domain
  throw wrongProof(payee, 'only payees such as domain:example.org are proved by a domain')
}

function json(payee: PayeeId, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw notNamed(payee, 'what is published there is no JSON')
  }
}

function same(named: string, account: Address): boolean {
  return named.toLowerCase() === account.toLowerCase()
}

function found(kind: ControlProof['kind'], source: string, bytes: Uint8Array): ControlEvidence {
  return { kind, source, bytes, digest: digestBytes(bytes) }
}

function notNamed(payee: PayeeId, reason: string): TributaryError {
  return new TributaryError('Nothing shows that whoever controls this payee names this address.', {
    code: 'payee/not-named',
    facts: { payee, reason },
    tryThis: 'publish the address where the proof is looked for, and prove again before the challenge expires',
  })
}

function wrongProof(payee: PayeeId, reason: string): TributaryError {
  return new TributaryError('This kind of proof shows nothing about this payee.', {
    code: 'payee/wrong-proof',
    facts: { payee, reason },
    tryThis:
      'npm:<package> and npm:@<scope> are proved by package.json, domain:<name> by the domain, others by a key named beforehand',
  })
}
