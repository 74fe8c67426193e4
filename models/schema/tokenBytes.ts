import { z } from 'zod'

const kind = z.looseObject({ type: z.string() })
const tokenizerSchema = z.looseObject({
  model: z.looseObject({ vocab: z.record(z.string(), z.int().min(0)) }),
  added_tokens: z.array(z.looseObject({ id: z.int().min(0), content: z.string(), special: z.boolean() })).default([]),
  decoder: z.looseObject({ type: z.string(), decoders: z.array(kind).default([]) }).nullish(),
})

/**
 * The bytes of each token by id, out of a tokenizer.json: byte-level vocabularies (GPT-2, SmolLM2, Llama 3, Qwen) and
 * those with bytes as a fallback (Llama 2, Mistral). None for control tokens.
 */
export function tokenBytes(tokenizerJson: unknown): (Uint8Array | undefined)[] {
  const { model, added_tokens: added, decoder } = tokenizerSchema.parse(tokenizerJson)
  const kinds = [decoder, ...(decoder?.decoders ?? [])].map((one) => one?.type)
  const bytesOf = kinds.includes('ByteLevel') ? byteLevel : byteFallback
  const found: (Uint8Array | undefined)[] = []
  for (const [token, id] of Object.entries(model.vocab)) found[id] = bytesOf(token)
  for (const { id, content, special } of added) found[id] = special ? undefined : Buffer.from(content)
  return Array.from(found)
}

/** Each character stands for a byte: the printable ones for themselves, the others from U+0100 on, in their order. */
const byteOf = new Map<string, number>()
for (let byte = 0, next = 256; byte < 256; byte++) {
  const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  byteOf.set(String.fromCodePoint(isPrintable ? byte : next++), byte)
}

function byteLevel(token: string): Uint8Array {
  const bytes = Array.from(token, (character) => byteOf.get(character))
  return bytes.includes(undefined) ? Buffer.from(token) : Uint8Array.from(bytes as number[])
}

function byteFallback(token: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1]
  return byte ? Uint8Array.of(Number.parseInt(byte, 16)) : Buffer.from(token.replaceAll('\u2581', ' '))
}
