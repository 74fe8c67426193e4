import { TributaryError } from '../../kernel/index.ts'
import type { Gguf } from './readGguf.ts'

export type TokenizerFiles = { tokenizer: Record<string, unknown>; tokenizerConfig: Record<string, unknown> }

// ggml's token types: 3 marks control tokens, which never come from text.
const controlType = 3

/**
 * tokenizer.json and tokenizer_config.json of a byte-level BPE with the SmolLM pre-tokeniser: each digit by itself,
 * then GPT-2's splits. Common converters lose the digits step, and with it the model's arithmetic of numbers.
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
  const known = model === 'gpt2' && pre === 'smollm' && isTexts(tokens) && isTexts(merges)
  if (!known || !(types instanceof Float64Array) || typeof template !== 'string') {
    throw new TributaryError('The tokenizer in this GGUF is of a kind that is not supported.', {
      code: 'models/tokenizer',
      facts: { file: gguf.file, model: String(model), preTokenizer: String(pre), chatTemplate: template !== undefined },
      tryThis: 'give a folder with safetensors, config.json, tokenizer.json and tokenizer_config.json instead',
    })
  }
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  const control = tokens.flatMap((content, id) => (types[id] === controlType ? [{ id, content }] : []))
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: control.map((token) => ({ ...token, ...special })),
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] },
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
        ignore_merges: false,
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
