import { resolveTxt } from 'node:dns/promises'
import type { ProofSources } from '../context.ts'
import { configuredRegistry } from './configuredRegistry.ts'

/** The real ones: the registry that npm is configured with, domains by HTTPS, the name servers of this machine. */
export function publicProofs(npmRegistry = configuredRegistry()): ProofSources {
  return { npmRegistry, originOf: (domain) => `https://${domain}`, resolveTxt }
}
