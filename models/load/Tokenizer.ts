import { Template } from '@huggingface/jinja'
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'

export type ChatMessage = { role: string; content: string }

export type Tokenizer = {
  encode(text: string): number[]
  /** Text of the tokens, without control tokens. */
  decode(ids: readonly number[]): string
  /** The chat template of the model, tokenised. */
  encodeChat(messages: readonly ChatMessage[], options: { addGenerationPrompt: boolean }): number[]
  /** The token that ends an answer. */
  readonly eos: number
}

// The package's own types don't resolve under Node's module rules, so what is used of it is said here.
type BytePairs = {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] }
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string
  token_to_id(token: string): number | undefined
  get_added_tokens_decoder(): Map<number, { content: string }>
}
const BytePairs = HuggingFaceTokenizer as new (tokenizer: object, config: object) => BytePairs

/** Some templates write today's date into the prompt; the same messages must give the same tokens on any day. */
const fixedDate = '26 Jul 2024'

/** Not tidied, whatever the config says: tidying ` !` to `!` would change text that was already streamed. */
const exactly = { skip_special_tokens: true, clean_up_tokenization_spaces: false }

const tokenText = z.union([z.string(), z.object({ content: z.string() }).transform((token) => token.content)])
const configSchema = z.looseObject({
  chat_template: z.string(),
  eos_token: tokenText,
  bos_token: tokenText.nullish(),
})

/**
 * A tokenizer out of tokenizer.json and tokenizer_config.json. Text that spells a control token such as
 * `<|im_end|>` is not let through as one: a zero-width space splits it, so neither a prompt nor a sample forges a turn.
 * Throws models/tokenizer.
 */
export function createTokenizer(tokenizerJson: unknown, configJson: unknown): Tokenizer {
  const config = configSchema.safeParse(configJson)
  if (!config.success || typeof tokenizerJson !== 'object' || tokenizerJson === null) {
    throw unusable('tokenizer_config.json needs chat_template and eos_token', config.error)
  }
  const { chat_template: source, eos_token: eosText, bos_token: bosText } = config.data
  const { pairs, template } = build(tokenizerJson, config.data, source)
  const eos = pairs.token_to_id(eosText)
  if (eos === undefined) throw unusable(`no token ${eosText}`)
  const controls = [...pairs.get_added_tokens_decoder().values()].map((token) => token.content)
  const disarm = (text: string): string =>
    controls.reduce(
      (safe, control) => safe.replaceAll(control, `${control.slice(0, 1)}\u200b${control.slice(1)}`),
      text,
    )
  const encodeAll = (text: string): number[] => pairs.encode(text, { add_special_tokens: false }).ids
  return {
    eos,
    encode: (text) => encodeAll(disarm(text)),
    decode: (ids) => (ids.length === 0 ? '' : pairs.decode([...ids], exactly)),
    encodeChat: (messages, { addGenerationPrompt }) =>
      encodeAll(
        template.render({
          messages: messages.map(({ role, content }) => ({ role: disarm(role), content: disarm(content) })),
          add_generation_prompt: addGenerationPrompt,
          eos_token: eosText,
          bos_token: bosText ?? '',
          date_string: fixedDate,
        }),
      ),
  }
}

function build(tokenizerJson: object, config: object, source: string): { pairs: BytePairs; template: Template } {
  try {
    return { pairs: new BytePairs(tokenizerJson, config), template: new Template(withoutClock(source)) }
  } catch (cause) {
    throw unusable('tokenizer.json or the chat template does not parse', cause)
  }
}

/** Templates that ask for the date themselves get the fixed one: a macro of the same name comes before the built-in. */
function withoutClock(source: string): string {
  if (!source.includes('strftime_now')) return source
  return `{%- macro strftime_now(format) -%}${fixedDate}{%- endmacro -%}${source}`
}

function unusable(what: string, cause?: unknown): TributaryError {
  return new TributaryError(`The tokenizer can't be used: ${what}.`, {
    code: 'models/tokenizer',
    facts: { what },
    tryThis: 'take tokenizer.json and tokenizer_config.json from the same model as the weights',
    cause,
  })
}
