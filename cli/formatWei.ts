export const TOKEN_SYMBOL = 'OPEN'

/** Wei as OPEN for people, cut (not rounded) at 6 decimals; machines get the wei. */
export function formatWei(wei: bigint): string {
  return `${formatOpen(wei)} ${TOKEN_SYMBOL}`
}

/** The same without the unit, for columns that name it in their head. Something below a millionth is not shown as nothing. */
export function formatOpen(wei: bigint): string {
  if (wei > 0n && wei < 10n ** 12n) return '<0.000001'
  const millionths = wei / 10n ** 12n
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`
}
