import { hexToBytes, type Hex } from 'viem'

/** Whether deployed code is the compiled code, looking away from the bytes that the constructor fills in. */
export function sameCode(
  deployed: Hex | undefined,
  compiled: { runtime: Hex; immutables: readonly { readonly start: number; readonly length: number }[] },
): boolean {
  if (deployed === undefined) return false
  const a = hexToBytes(deployed)
  const b = hexToBytes(compiled.runtime)
  if (a.length !== b.length) return false
  for (const { start, length } of compiled.immutables) a.fill(0, start, start + length)
  return Buffer.compare(a, b) === 0
}
