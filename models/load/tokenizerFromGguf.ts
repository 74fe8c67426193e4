import { TributaryError } from '../../kernel/index.ts'
import type { Gguf } from './readGguf.ts'

export type TokenizerFiles = { tokenizer: Record<string, unknown>; tokenizerConfig: Record<string, unknown> }

// ggml's token types: 3 marks control tokens, which never come from text; 4 those that a user added.
const controlType = 3
const addedType = 4

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
const plainBytes = { ...byteLevel, use_regex: false }
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
const rest = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const splitBy = (numbers: string): object => ({
  type: 'Split',
  pattern: { Regex: `${contractions}|${numbers}|${rest}` },
  behavior: 'Isolated',
  invert: false,
})

/** How text is split before byte pairs are merged, by `tokenizer.ggml.pre`. Source: llama.cpp, src/llama-vocab.cpp. */
const kinds: Readonly<Record<string, { split: readonly object[]; normalizer: object | null; ignoreMerges: boolean }>> =
  {
    smollm: {
      split: [{ type: 'Digits', individual_digits: true }, byteLevel],
      normalizer: null,
      ignoreMerges: false,
    },
    qwen2: { split: [splitBy('\\p{N}'), plainBytes], normalizer: { type: 'NFC' }, ignoreMerges: false },
    'llama-bpe': { split: [splitBy('\\p{N}{1,3}'), plainBytes], normalizer: null, ignoreMerges: true },
  }

/**
 * tokenizer.json and tokenizer_config.json of a byte-level BPE of a known kind. SmolLM's splits each digit by itself, then
 * as GPT-2 does: common converters lose the digits step, and with it the model's arithmetic of numbers.
 * Throws models/tokenizer for any other kind.
 */
export function tokenizerFromGguf(gguf: Gguf): TokenizerFiles {
  const { metadata } = gguf
  const model = metadata.get('tokenizer.ggml.model')
  const pre = metadata.get('tokenizer.ggml.pre')
  const tokens = metadata.get('tokenizer.ggml.tokens')
  const types = metadata.get('tokenizer.ggml.token_type')
  const merges = metadata.get('tokenizer.ggml.merges')
  const template = metadata.get('tokenizer.chat_template')
  const kind = model === 'gpt2' && typeof pre === 'string' && Object.hasOwn(kinds, pre) ? kinds[pre] : undefined
  if (
    !kind ||
    !isTexts(tokens) ||
    !isTexts(merges) ||
    !(types instanceof Float64Array) ||
    typeof template !== 'string'
  ) {
    throw new TributaryError('The tokenizer in this GGUF is of a kind that is not supported.', {
      code: 'models/tokenizer',
      facts: { file: gguf.file, model: String(model), preTokenizer: String(pre), chatTemplate: template !== undefined },
      tryThis: 'give a folder with safetensors, config.json, tokenizer.json and tokenizer_config.json instead',
    })
  }
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  // SmolLM's base has a digest that others know: its files stay as they were.
  const marked = pre === 'smollm' ? [controlType] : [controlType, addedType]
  const added = tokens.flatMap((content, id) =>
    marked.includes(types[id] ?? 0) ? [{ id, content, ...plain, special: types[id] === controlType }] : [],
  )
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: kind.normalizer,
      pre_tokenizer: { type: 'Sequence', pretokenizers: kind.split },
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: kind.ignoreMerges,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'GPT2Tokenizer',
      bos_token: tokens[Number(metadata.get('tokenizer.ggml.bos_token_id'))] ?? null,
      eos_token: tokens[Number(metadata.get('tokenizer.ggml.eos_token_id'))] ?? null,
      clean_up_tokenization_spaces: false,
      add_prefix_space: false,
      chat_template: template,
    },
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}
