import { z } from 'zod'

const maxUint256 = 2n ** 256n - 1n

/** sha-256 (or a keccak root) as `0x` + 64 lower-case hex digits: the form that goes on chain as bytes32. */
export const digestString = z
  .templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)], 'must be a digest: 0x and 64 small hexadecimal digits')
  .brand<'Digest'>()
export type Digest = z.infer<typeof digestString>

/** An EVM address: `0x` + 40 hex digits; compare in lower case. */
export const addressString = z
  .templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)], 'must be an address: 0x and 40 hexadecimal digits')
  .brand<'Address'>()
export type Address = z.infer<typeof addressString>

/** Whole wei as a decimal string: the wire form of money. In memory money is a bigint. */
export const weiString = z
  .string()
  // Aborts, because the next check would throw a bare SyntaxError for what is no number at all.
  .regex(/^(0|[1-9][0-9]{0,77})$/, { error: 'must be whole wei, as a decimal string', abort: true })
  .refine((s) => BigInt(s) <= maxUint256, 'must fit in 256 bits')
  .brand<'WeiString'>()
export type WeiString = z.infer<typeof weiString>

/** Parts per million, 0 to 1,000,000. */
export const ppmInteger = z.int().min(0).max(1_000_000).brand<'Ppm'>()
export type Ppm = z.infer<typeof ppmInteger>

/**
 * Who is paid: the lower-case `0x…` address of one who signed, or a name with a scheme, such as `npm:zod` or
 * `git:Jane Doe`, of one who has not claimed yet.
 */
export const payeeIdString = z
  .string()
  .regex(/^(0x[0-9a-f]{40}|[a-z][a-z0-9]*:.{1,190})$/u, 'must be a lower-case address, or scheme:name')
  .brand<'PayeeId'>()
export type PayeeId = z.infer<typeof payeeIdString>
