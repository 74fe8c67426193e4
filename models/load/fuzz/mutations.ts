/** A file under damage: where its header ends and its numbers begin. */
export type Target = { bytes: Buffer; headerEnd: number; isGguf: boolean }
export type Uniform = () => number
/** One way to damage a file; returns other bytes. `payload`: only numbers are changed, so the model is another one. */
export type Mutation = { name: string; payload?: true; apply: (target: Target, uniform: Uniform) => Buffer }

const below = (uniform: Uniform, end: number): number => Math.floor(uniform() * Math.max(end, 1))
const pick = <T>(uniform: Uniform, from: readonly T[]): T => from[below(uniform, from.length)]!
const lengths = [2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 2n ** 53n - 1n, 2n ** 40n, 2n ** 32n, 2n ** 31n, 65_537n]

/** Any binary file. */
const binary: readonly Mutation[] = [
  { name: 'cut', apply: ({ bytes }, u) => bytes.subarray(0, below(u, bytes.length)) },
  { name: 'cut in the header', apply: ({ bytes, headerEnd }, u) => bytes.subarray(0, below(u, headerEnd)) },
  {
    name: 'bits of the header',
    apply: ({ bytes, headerEnd }, u) => {
      for (let flips = 1 + below(u, 4); flips > 0; flips--) bytes[below(u, headerEnd)]! ^= 1 << below(u, 8)
      return bytes
    },
  },
  {
    name: 'a length beyond everything',
    apply: ({ bytes, headerEnd, isGguf }, u) => {
      const known = isGguf ? [8, 16, 24] : [0]
      const at = u() < 0.5 ? pick(u, known) : below(u, headerEnd - 8)
      bytes.writeBigUInt64LE(pick(u, lengths), at)
      return bytes
    },
  },
  { name: 'more at the end', apply: ({ bytes }, u) => Buffer.concat([bytes, Buffer.alloc(1 + below(u, 64), 7)]) },
  {
    name: 'zeros over a part of the header',
    apply: ({ bytes, headerEnd }, u) => {
      const at = below(u, headerEnd)
      return bytes.fill(0, at, Math.min(at + 1 + below(u, 64), headerEnd))
    },
  },
  {
    name: 'a part of the header copied over another',
    apply: ({ bytes, headerEnd }, u) => {
      const [from, to] = [below(u, headerEnd), below(u, headerEnd)]
      bytes.copyWithin(to, from, Math.min(from + 1 + below(u, 48), headerEnd))
      return bytes
    },
  },
]

const ofNumbers: readonly Mutation[] = [
  {
    name: 'a bit of a number',
    payload: true,
    apply: ({ bytes, headerEnd }, u) => {
      bytes[headerEnd + below(u, bytes.length - headerEnd)]! ^= 1 << below(u, 8)
      return bytes
    },
  },
  {
    name: 'NaN',
    payload: true,
    apply: ({ bytes, headerEnd }, u) => {
      bytes.writeFloatLE(Number.NaN, headerEnd + 4 * below(u, (bytes.length - headerEnd) / 4 - 1))
      return bytes
    },
  },
]

type Lines = Record<string, { dtype: string; shape: unknown; data_offsets: unknown }>

/** Rewrites the JSON header of a safetensors file. */
function rewrite({ bytes, headerEnd }: Target, change: (text: string) => string): Buffer {
  const json = Buffer.from(change(bytes.subarray(8, headerEnd).toString('utf8')))
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([size, json, bytes.subarray(headerEnd)])
}

const changeLine = (name: string, change: (line: Lines[string], u: Uniform) => void): Mutation => ({
  name,
  apply: (target, u) =>
    rewrite(target, (text) => {
      const lines = JSON.parse(text) as Lines
      change(
        lines[
          pick(
            u,
            Object.keys(lines).filter((key) => key !== '__metadata__'),
          )
        ]!,
        u,
      )
      return JSON.stringify(lines)
    }),
})

const ofTables: readonly Mutation[] = [
  changeLine('overlapping tensors', (line, u) => {
    const [from, to] = line.data_offsets as [number, number]
    line.data_offsets = pick(u, [
      [from - 4, to - 4],
      [from + 4, to + 4],
    ])
  }),
  changeLine('a place beyond everything', (line, u) => {
    line.data_offsets = pick<unknown>(u, [
      [0, 2 ** 53],
      [2 ** 60, 2 ** 61],
      [-8, 8],
      [8, 0],
      [0.5, 4.5],
      [],
      'here',
      [0, 1e308],
    ])
  }),
  changeLine('a huge shape', (line, u) => {
    line.shape = pick<unknown>(u, [
      [2 ** 53],
      [2 ** 31, 2 ** 31],
      [65_536, 65_536, 65_536],
      [-1, 4],
      [1e308],
      Array(64).fill(1),
      {},
    ])
  }),
  changeLine(
    'another type',
    (line, u) => (line.dtype = pick(u, ['F64', 'I8', 'BF16', 'F16', 'F8_E4M3', '', 'f32', 'BOOL'])),
  ),
  {
    name: 'deep JSON',
    apply: (target, u) => {
      const depth = 1 + below(u, 20_000)
      const open = pick(u, ['[', '{"a":'])
      return rewrite(target, () => open.repeat(depth) + '0' + (open === '[' ? ']' : '}').repeat(depth))
    },
  },
  {
    name: 'a key twice',
    apply: (target) => rewrite(target, (text) => `{${text.trim().slice(1, -1)},${text.trim().slice(1)}`),
  },
  {
    name: 'a key that is special',
    apply: (target, u) =>
      rewrite(target, (text) => text.replace(/"[\w.]+"/, pick(u, ['"__proto__"', '""', '"\\ud800"', '"constructor"']))),
  },
  {
    name: 'a tensor less',
    apply: (target) => rewrite(target, (text) => text.replace(/"[^"]+":\{"dtype"[^}]+\},/, '')),
  },
  {
    name: 'a header of another kind',
    apply: (target, u) => rewrite(target, () => pick(u, ['', 'null', '[]', '{}', '7', '"x"', '{"a":1}', '\ufeff{}'])),
  },
]

const ofGguf: readonly Mutation[] = [
  {
    name: 'a tensor of another shape, type or place',
    apply: ({ bytes }, u) => {
      const name = pick(u, ['token_embd.weight', 'blk.0.attn_q.weight', 'blk.1.ffn_down.weight', 'output_norm.weight'])
      const at = bytes.indexOf(name) + name.length
      const axes = bytes.readUInt32LE(at)
      const what = below(u, 4)
      if (what === 0) bytes.writeUInt32LE(below(u, 2 ** 31), at)
      if (what === 1) bytes.writeBigUInt64LE(pick(u, lengths), at + 4)
      if (what === 2) bytes.writeUInt32LE(below(u, 64), at + 4 + 8 * axes)
      if (what === 3) bytes.writeBigUInt64LE(u() < 0.5 ? 32n : pick(u, lengths), at + 8 + 8 * axes)
      return bytes
    },
  },
  {
    name: 'a metadata value',
    apply: ({ bytes }, u) => {
      const key = pick(u, [
        'llama.block_count',
        'llama.embedding_length',
        'llama.attention.head_count',
        'llama.context_length',
        'llama.rope.dimension_count',
      ])
      bytes.writeUInt32LE(pick(u, [0, 1, 3, 2 ** 16, 2 ** 31, 2 ** 32 - 1]), bytes.indexOf(key) + key.length + 4)
      return bytes
    },
  },
]

export const ggufMutations = [...binary, ...ofNumbers, ...ofGguf, ...ofGguf, ...ofGguf]
export const safetensorsMutations = [...binary, ...ofNumbers, ...ofTables]

/** A JSON config with a field changed, cut, deep, or not JSON at all. */
export function damagedJson(text: string, uniform: Uniform): string {
  const config = JSON.parse(text) as Record<string, unknown>
  const how = uniform()
  if (how < 0.15) return text.slice(0, below(uniform, text.length))
  if (how < 0.25) return '['.repeat(1 + below(uniform, 50_000))
  if (how < 0.3) return `${' '.repeat(1 << 20)}${text}`
  const values = [
    null,
    -1,
    0,
    0.5,
    1e308,
    2 ** 24,
    2 ** 31,
    '',
    'x',
    [],
    {},
    true,
    [1, 2],
    { rope_type: 'yarn' },
    65_537,
  ]
  config[pick(uniform, Object.keys(config))] = pick<unknown>(uniform, values)
  return JSON.stringify(config)
}
