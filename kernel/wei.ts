import { TributaryError } from './TributaryError.ts'
import { weiString, type WeiString } from './schemas.ts'

/** The wire form of an amount. Throws kernel/wei when it is negative or over 256 bits. */
export function toWeiString(wei: bigint): WeiString {
  const parsed = weiString.safeParse(wei.toString())
  if (!parsed.success) {
    throw new TributaryError('An amount of money is out of range.', {
      code: 'kernel/wei',
      facts: { wei: wei.toString() },
      tryThis: 'amounts are whole wei from 0 to 2^256 - 1',
    })
  }
  return parsed.data
}
