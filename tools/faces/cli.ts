import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import type { ToolDefinition } from '../defineTool.ts'

/** Calls a tool of the running server (or of one started for this call) and returns its output as text. */
export type CallTool = (tool: string, input: Record<string, unknown>, effectKey?: string) => Promise<string>

type Property = { type?: string; description?: string; enum?: string[]; default?: unknown }

/** One sub-command a tool: `tributary tools <name> --flag value …`, flags derived from the input schema. */
export function toolCommands(
  definitions: readonly ToolDefinition[],
  call: CallTool,
  print: (line: string) => void,
): Command[] {
  return definitions.map((definition) =>
    toolCommand(definition).action(async (flags: Record<string, unknown>) => {
      const { input: given, effectKey, ...rest } = flags
      const input = { ...(typeof given === 'string' ? readInput(given) : {}), ...fromFlags(definition, rest) }
      print(await call(definition.name, input, typeof effectKey === 'string' ? effectKey : undefined))
    }),
  )
}

function toolCommand({ name, summary, effect, input }: ToolDefinition): Command {
  const command = new Command(name.replaceAll('_', '-')).description(summary)
  for (const [key, property] of Object.entries(propertiesOf(input))) {
    const flag = property.type === 'boolean' ? `--${kebab(key)}` : `--${kebab(key)} <${property.type ?? 'value'}>`
    const about = [
      property.description,
      property.default === undefined ? '' : `default ${JSON.stringify(property.default)}`,
    ]
    const option = new Option(flag, about.filter(Boolean).join('; '))
    command.addOption(property.enum ? option.choices(property.enum) : option)
  }
  if (effect !== 'read') command.option('--effect-key <text>', 'names your intention: the same key never acts twice')
  return command.option('--input <json>', 'the whole input as JSON, @file, or - for standard input')
}

function fromFlags({ input }: ToolDefinition, flags: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(propertiesOf(input)).flatMap(([key, { type }]) => {
      const value = flags[attribute(key)]
      if (value === undefined) return []
      return [[key, typeof value === 'string' && type !== 'string' ? parse(value, `--${kebab(key)}`) : value]]
    }),
  )
}

function readInput(given: string): Record<string, unknown> {
  const file = given === '-' ? 0 : given.startsWith('@') ? given.slice(1) : undefined
  const input = parse(file === undefined ? given : readText(file), '--input')
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>
  throw notJson('--input', 'it is no object')
}

function readText(file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new TributaryError('The file of --input cannot be read.', {
      code: 'tools/no-input',
      facts: { file, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'name a file with @, or give the JSON itself',
    })
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw notJson(where, cause instanceof Error ? cause.message : '')
  }
}

function notJson(where: string, reason: string): TributaryError {
  return new TributaryError(`${where} is not JSON of the right kind.`, {
    code: 'tools/not-json',
    facts: { where, reason },
    tryThis: 'quote it for your shell, or use --input @file',
  })
}

function propertiesOf(input: z.ZodObject): Record<string, Property> {
  return (z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }).properties ?? {}) as Record<string, Property>
}

// commander files --max-tokens under maxTokens, whatever the schema calls it
function attribute(key: string): string {
  return kebab(key).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function kebab(key: string): string {
  return key.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
