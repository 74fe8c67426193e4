import { TributaryError } from '../kernel/index.ts'

/** What a process does: everything, or one of many that share one home, database, chain and Temporal. */
export type Role = 'all' | 'gateway' | 'engine'

const needed = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'CHAIN_RPC_URL'] as const

/** Throws servers/role-needs with the addresses that a process of many lacks. */
export function checkRole(role: Role, env: NodeJS.ProcessEnv = process.env): void {
  const missing = role === 'all' ? [] : needed.filter((name) => !env[name])
  if (missing.length === 0) return
  throw new TributaryError(
    `A process that is only ${role === 'engine' ? 'an engine' : 'a gateway'} starts no servers of its own.`,
    {
      code: 'servers/role-needs',
      facts: { role, missing },
      tryThis: `set ${missing.join(', ')} to servers that all processes share (docs/serving.md)`,
    },
  )
}
