import { Command } from 'commander'
import { listModels } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, TOKEN_SYMBOL } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Print = (line: string) => void
type FromOptions = { revision?: string; chatTemplate?: string; json?: boolean }

const say = (line: string): void => void process.stderr.write(`${line}\n`)

export const modelCommand = (print: Print): Command =>
  new Command('model')
    .description('Models on sale, and the base models of this machine.')
    .addCommand(listCommand(print))
    .addCommand(checkCommand(print))
    .addCommand(addCommand(print))

const listCommand = (print: Print): Command =>
  new Command('list')
    .description(`${listModels.summary} Then the bases of this machine.`)
    .option('--json', 'print JSON: models as the tool gives them, and bases')
    .option('--bases', 'the bases alone: needs no server')
    .action(async ({ json, bases: only }: { json?: boolean; bases?: boolean }) => {
      const { listBases } = await import('../../models/index.ts')
      const { basesFolder } = await import('../../provision/index.ts')
      const bases = await listBases(basesFolder())
      const { models } = only ? { models: [] } : await callServerFor(listModels, {})
      if (json) return print(JSON.stringify(only ? { bases } : { models, bases }))
      if (!only) print(drawModels(models))
      print('')
      const rows = bases.map(({ name, digest, parameters }) => [
        name,
        digest.slice(0, 18),
        parameters.toLocaleString('en'),
      ])
      const columns = [{ head: 'base', lines: 1 }, { head: 'digest' }, { head: 'parameters', align: 'right' as const }]
      print(drawTable(columns, rows, terminalWidth()))
    })

const checkCommand = (print: Print): Command =>
  new Command('check')
    .description('Say whether a model can be served and trained, what stands against it, and what it would cost.')
    .argument('<from>', 'a .gguf file, a folder with safetensors, or owner/name of a model of the hub')
    .option('--revision <commit>', 'of the hub: a branch, tag or commit')
    .option('--chat-template <file>', 'a .jinja file, where the model has none')
    .option('--json', 'print the survey as JSON')
    .action(async (from: string, { revision, chatTemplate, json }: FromOptions) => {
      const { surveyModel } = await import('../../models/index.ts')
      const { modelSource } = await import('../models/modelSource.ts')
      const { printSurvey } = await import('../models/printSurvey.ts')
      const { path } = await modelSource(from, { say, ...(revision === undefined ? {} : { revision }) })
      const survey = await surveyModel(path, chatTemplate)
      if (survey.problems.length > 0) process.exitCode = 1
      if (json) return print(JSON.stringify(survey))
      printSurvey(survey, print)
    })

const addCommand = (print: Print): Command =>
  new Command('add')
    .description('Make a model a base of this machine: tributary start --base <name> then uses it.')
    .argument('<from>', 'a .gguf file, a folder with safetensors, or owner/name of a model of the hub')
    .option('--name <name>', 'how it is called (default: the name of the file, or the id and commit)')
    .option('--revision <commit>', 'of the hub: a branch, tag or commit')
    .option('--chat-template <file>', 'a .jinja file, where the model has none')
    .option('--json', 'print digest, name and folder as JSON')
    .action(async (from: string, { json, ...options }: FromOptions & { name?: string }) => {
      const { addModel } = await import('../models/addModel.ts')
      const { digest, name, dir } = await addModel({ from, say, ...options })
      if (json) return print(JSON.stringify({ digest, name, dir }))
      print(`${name}  ${digest}`)
      say(`Use it: tributary start --base ${digest.slice(0, 18)}, with a TRIBUTARY_HOME of its own.`)
    })

type Models = ReturnType<typeof listModels.output.parse>['models']

function drawModels(models: Models): string {
  const rows = models.map((model) => {
    const { alias, adapter, datanet, heldOutLossBeforeMicroNats: before, heldOutLossAfterMicroNats: after } = model
    const { platformWei, inputWeiPer1000, outputWeiPer1000 } = model.price
    const price = [platformWei, inputWeiPer1000, outputWeiPer1000].map((wei) => formatOpen(BigInt(wei)))
    const loss = `${(before / 1e6).toFixed(3)} → ${(after / 1e6).toFixed(3)}`
    return [alias, adapter.slice(0, 12), datanet.slice(0, 12), loss, price.join(' + ')]
  })
  const price = `${TOKEN_SYMBOL} an answer + a prompt token + a completion token`
  const columns = [
    { head: 'model', lines: 1 },
    { head: 'adapter' },
    { head: 'Datanet' },
    { head: 'held-out loss' },
    { head: price, lines: 2 },
  ]
  return drawTable(columns, rows, terminalWidth())
}
