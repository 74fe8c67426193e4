/** One tensor to be written, float32 unless said: its bytes follow those of the tensor before it. */
export type TensorPlan = { readonly name: string; readonly shape: readonly number[]; readonly dtype?: 'F32' | 'U8' }

/**
 * The bytes before the tensors of a safetensors file that holds `plans` in this order.
 * Padded with spaces so that the data starts at a multiple of `alignment` bytes.
 */
export function safetensorsHeader(
  plans: readonly TensorPlan[],
  { alignment = 8, metadata }: { alignment?: number; metadata?: Record<string, string> } = {},
): Buffer {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {}
  let at = 0
  for (const { name, shape, dtype = 'F32' } of plans) {
    const length = shape.reduce((a, b) => a * b, dtype === 'F32' ? 4 : 1)
    header[name] = { dtype, shape, data_offsets: [at, at + length] }
    at += length
  }
  const json = Buffer.from(JSON.stringify(header))
  const padded = Math.ceil((8 + json.length) / alignment) * alignment
  const out = Buffer.alloc(padded, ' ')
  out.writeBigUInt64LE(BigInt(padded - 8))
  json.copy(out, 8)
  return out
}
