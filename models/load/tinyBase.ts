import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tinyLlama, type LlamaConfig } from '../graph/index.ts'
import type { BaseModel } from './openBase.ts'
import { prepareBase } from './prepareBase.ts'

const controls = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']

/**
 * A random Llama of 40,000 numbers with a tokenizer of single bytes and a chat template, as a base folder in `dir`:
 * for tests that need the real engine in milliseconds. The same seed gives the same digest.
 */
export async function tinyBase(
  dir: string,
  { seed = 1, tied = true, config }: { seed?: number; tied?: boolean; config?: Partial<LlamaConfig> } = {},
): Promise<BaseModel> {
  const source = join(dir, 'source')
  tinyLlama(source, { seed, tied, config: { vocab_size: 272, max_position_embeddings: 512, ...config } })
  const vocabulary = [...controls, ...byteCharacters()]
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: controls.map((content, id) => ({ id, content, ...special })),
    normalizer: null,
    pre_tokenizer: byteLevel,
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
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges: [],
    },
  }
  const chatTemplate =
    "{% for message in messages %}{{'<|im_start|>' + message['role'][0] + ':' + message['content'] + '<|im_end|>'}}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|im_start|>a:' }}{% endif %}"
  const tokenizerConfig = { eos_token: '<|im_end|>', bos_token: '<|endoftext|>', chat_template: chatTemplate }
  writeFileSync(join(source, 'tokenizer.json'), JSON.stringify(tokenizer))
  writeFileSync(join(source, 'tokenizer_config.json'), JSON.stringify(tokenizerConfig))
  return prepareBase({ file: source, into: join(dir, 'base'), name: 'tiny' })
}

/** The 256 printable characters by which byte-level tokenizers write bytes, in the order of the bytes. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}
