import { resolveTxt } from 'node:dns/promises'
import type { ProofSources } from '../context.ts'

/** The real ones: npm's registry, or the one of NPM_REGISTRY_URL; domains by HTTPS; the name servers of this machine. */
export function publicProofs(
  npmRegistry = process.env['NPM_REGISTRY_URL'] ?? 'https://registry.npmjs.org',
): ProofSources {
  return { npmRegistry, originOf: (domain) => `https://${domain}`, resolveTxt }
}
