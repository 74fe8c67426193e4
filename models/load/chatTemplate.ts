import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { configBytes } from './readJsonFile.ts'

const named = z.array(z.object({ name: z.string(), template: z.string() }))

/**
 * The chat template of a model: a file that the caller names, chat_template.jinja beside the weights, or the text of
 * tokenizer_config.json; of several with a name the one called default. Throws models/chat-template where there is none.
 */
export function chatTemplate(dir: string, tokenizerConfig: unknown, given?: string): string {
  const file = given ?? join(dir, 'chat_template.jinja')
  if (given !== undefined || existsSync(file)) return readTemplate(file)
  const inside = z.looseObject({ chat_template: z.unknown() }).safeParse(tokenizerConfig).data?.chat_template
  if (typeof inside === 'string') return inside
  const several = named.safeParse(inside).data ?? []
  const chosen = several.find(({ name }) => name === 'default') ?? several[0]
  if (chosen) return chosen.template
  throw refuse('The model has no chat template: it was not taught to answer.', { dir })
}

function readTemplate(file: string): string {
  try {
    if (statSync(file).size <= configBytes) return readFileSync(file, 'utf8')
  } catch {
    // Said below.
  }
  throw refuse('The chat template can not be read.', { file })
}

function refuse(message: string, facts: Record<string, string>): TributaryError {
  return new TributaryError(message, {
    code: 'models/chat-template',
    facts,
    tryThis: 'give one: tributary model add <path> --chat-template <file.jinja>',
  })
}
