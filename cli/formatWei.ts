import { formatUnits } from 'viem'

export const TOKEN_SYMBOL = 'OPEN'

/** Wei as OPEN for people, cut (not rounded) at 6 decimals; machines get the wei. */
export function formatWei(wei: bigint): string {
  const [whole, fraction = ''] = formatUnits(wei, 18).split('.')
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')} ${TOKEN_SYMBOL}`
}
