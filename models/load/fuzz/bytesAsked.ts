const arrays = [
  'Float32Array',
  'Float64Array',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Int32Array',
  'BigInt64Array',
] as const
export type BytesAsked = { sum: number; most: number }

type Sized = new (length: unknown, ...more: unknown[]) => object

/**
 * Counts the bytes that Buffer.alloc, Buffer.allocUnsafe and typed arrays are asked for from now on, in this process.
 * Returns what gives their sum and the largest single request since it was last called.
 */
export function countBytesAsked(): () => BytesAsked {
  let [sum, most] = [0, 0]
  const count = (bytes: number): void => {
    sum += bytes
    most = Math.max(most, bytes)
  }
  for (const name of ['alloc', 'allocUnsafe'] as const) {
    const plain = Buffer[name].bind(Buffer) as (size: number, ...more: never[]) => Buffer
    Buffer[name] = (size: number, ...more: never[]): never => {
      count(size)
      return plain(size, ...more) as never
    }
  }
  const global = globalThis as unknown as Record<string, Sized & { BYTES_PER_ELEMENT: number }>
  for (const name of arrays) {
    global[name] = new Proxy(global[name]!, {
      construct: (plain, args: unknown[], target) => {
        const [from] = args
        if (typeof from === 'number') count(from * plain.BYTES_PER_ELEMENT)
        return Reflect.construct(plain, args, target) as object
      },
    })
  }
  return () => {
    const since = { sum, most }
    sum = 0
    most = 0
    return since
  }
}
