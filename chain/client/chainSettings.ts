import { TributaryError } from '../../kernel/index.ts'
import type { OpenChainOptions } from './openChain.ts'

/**
 * What the environment says about a chain: CHAIN_CONFIRMATIONS (blocks), CHAIN_MAX_FEE_GWEI (for a unit of gas).
 * Throws chain/bad-setting.
 */
export function chainSettings(
  env: Record<string, string | undefined>,
): Pick<OpenChainOptions, 'confirmations' | 'sending'> {
  const confirmations = whole(env, 'CHAIN_CONFIRMATIONS', 0)
  const gwei = whole(env, 'CHAIN_MAX_FEE_GWEI', 1)
  return {
    ...(confirmations === undefined ? {} : { confirmations }),
    ...(gwei === undefined ? {} : { sending: { maxFeePerGasWei: BigInt(gwei) * 10n ** 9n } }),
  }
}

function whole(env: Record<string, string | undefined>, name: string, least: number): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  if (/^[0-9]{1,7}$/.test(text) && Number(text) >= least) return Number(text)
  throw new TributaryError(`${name} is not a whole number from ${least} on.`, {
    code: 'chain/bad-setting',
    facts: { name, value: text },
    tryThis: `unset ${name} for its default, or give it a whole number`,
  })
}
