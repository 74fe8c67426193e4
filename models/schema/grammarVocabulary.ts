import { z } from 'zod'

const kind = z.looseObject({ type: z.string() })
const tokenizerSchema = z.looseObject({
  model: z.looseObject({ vocab: z.record(z.string(), z.int().min(0)) }),
  added_tokens: z.array(z.looseObject({ id: z.int().min(0), content: z.string(), special: z.boolean() })).default([]),
  decoder: z.union([z.looseObject({ type: z.literal('Sequence'), decoders: z.array(kind) }), kind]).nullish(),
})

export type GrammarVocabulary = {
  /** By id; empty for control tokens, which no schema lets through. */
  tokens: string[]
  type: 'byte_level' | 'byte_fallback' | 'raw'
}

/** The vocabulary of a tokenizer.json as XGrammar wants it, with empty places up to the model's `size`. */
export function grammarVocabulary(tokenizerJson: unknown, size: number): GrammarVocabulary {
  const { model, added_tokens: added, decoder } = tokenizerSchema.parse(tokenizerJson)
  const tokens = Array.from({ length: size }, () => '')
  for (const [token, id] of Object.entries(model.vocab)) if (id < size) tokens[id] = token
  for (const { id, content, special } of added) if (id < size) tokens[id] = special ? '' : content
  const decoders = !decoder ? [] : 'decoders' in decoder ? (decoder.decoders as { type: string }[]) : [decoder]
  const has = (type: string): boolean => decoders.some((one) => one.type === type)
  return { tokens, type: has('ByteFallback') ? 'byte_fallback' : has('ByteLevel') ? 'byte_level' : 'raw' }
}
