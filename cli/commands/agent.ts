import { randomUUID } from 'node:crypto'
import { Argument, Command } from 'commander'
import { z } from 'zod'
import { agents, runRecipe } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { readInput } from '../recipes/readInput.ts'

type Print = (line: string) => void
type Name = keyof typeof agents
type Flags = { with: string[]; detach?: boolean; effectKey?: string; json?: boolean }
type Field = { type?: string; default?: unknown; description?: string }

const many = (value: string, before: string[]) => [...before, value]
const names = Object.keys(agents) as Name[]

/** An agent alone: a recipe of one step, so it is checked, kept, traced and found again as every other run. */
export const agentCommand = (print: Print): Command =>
  new Command('agent')
    .description('The agents: what each takes, and one of them alone. Several together are a recipe.')
    .addCommand(
      new Command('list').description('what each agent does and takes').action(() => {
        for (const name of names) for (const line of wordsOf(name)) print(line)
      }),
      { isDefault: true },
    )
    .addCommand(
      new Command('run')
        .description('Run one agent alone, as a durable workflow.')
        .addArgument(new Argument('<agent>').choices(names))
        .option('--with <name=value>', 'an input; JSON, or else a text', many, [])
        .option('--detach', 'do not wait until it has ended')
        .option('--effect-key <text>', 'names your intention: the same key never runs twice')
        .option('--json', 'print the JSON of run_recipe')
        .action(async (name: Name, flags: Flags) => {
          // Money is text of digits, which would else be read as a number.
          const texts = Object.entries(fieldsOf(name)).flatMap(([field, { type }]) =>
            type === 'string' ? [field] : [],
          )
          const given = Object.fromEntries(flags.with.map((one) => readInput(one, texts)))
          const step = { agent: name, with: literally(given) }
          const output = { result: `\${steps.${name}}` }
          const document = { recipe: `agent-${name}`, summary: agents[name].summary, steps: [step], output }
          const asked = { written: { file: `agent ${name}`, document }, wait: flags.detach !== true }
          const ended = await callServerFor(runRecipe, asked, flags.effectKey ?? randomUUID())
          if (flags.json) return print(JSON.stringify(ended))
          if (ended.state === 'running')
            return print(`${ended.workflow} runs; how far: tributary recipe status ${ended.workflow}`)
          print(`${ended.workflow} has ended`)
          print(JSON.stringify(ended.output['result'], null, 2))
        }),
    )

/** What an operator typed is meant as it is: nothing in it refers to anything. */
function literally(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${')
  if (Array.isArray(value)) return value.map(literally)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literally(inner)]))
}

const schemaOf = (name: Name) => z.toJSONSchema(agents[name].input, { io: 'input' })
const fieldsOf = (name: Name) => (schemaOf(name).properties ?? {}) as Record<string, Field>

function wordsOf(name: Name): string[] {
  const { required = [] } = schemaOf(name)
  const fields = Object.entries(fieldsOf(name)).map(([field, { type, default: usual, description }]) => {
    const what = required.includes(field) ? 'needed' : usual === undefined ? '' : `default ${JSON.stringify(usual)}`
    return `    ${field}  ${[type, what, description].filter(Boolean).join(', ')}`
  })
  return [name, `  ${agents[name].summary}`, ...fields]
} // prettier-ignore
