import { readFileSync, statSync } from 'node:fs'
import { TributaryError } from '../../kernel/index.ts'

/** A config of a model is small: a larger one is damaged, and parsing would cost many times its size. */
export const configBytes = 1 << 20
/** Vocabulary and merges of the largest tokenizers take some 30 MB. */
export const tokenizerBytes = 1 << 26

/** A JSON file of a model. Throws models/base-incomplete when it is missing, too long or not JSON. */
export function readJsonFile(file: string, most: number = configBytes): unknown {
  try {
    const { size } = statSync(file)
    if (size > most) throw new Error(`it has ${size} bytes, at most ${most} make sense`)
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new TributaryError('A file of the base model is missing or not JSON.', {
      code: 'models/base-incomplete',
      facts: { file, reason: cause instanceof Error ? cause.message.slice(0, 200) : String(cause) },
      tryThis: 'a base folder needs *.safetensors, config.json, tokenizer.json and tokenizer_config.json',
      cause,
    })
  }
}
