import { readFileSync } from 'node:fs'

/** Tensors of float32 in a safetensors file, by name, as peers write what they computed. */
export function floatTensors(file: string): Record<string, Float32Array> {
  const bytes = readFileSync(file)
  const start = 8 + Number(bytes.readBigUInt64LE())
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { data_offsets: [number, number] }>
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__')
  return Object.fromEntries(
    entries.map(([name, { data_offsets: range }]) => {
      const data = new Uint8Array(range[1] - range[0])
      data.set(bytes.subarray(start + range[0], start + range[1]))
      return [name, new Float32Array(data.buffer)]
    }),
  )
}
