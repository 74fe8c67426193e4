import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import { diffRecipe, listRecipes, recipeStatus, runRecipe, scheduleRecipe } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { pc } from '../colours.ts'
import { readInput } from '../recipes/readInput.ts'
import { isRecipeFile, readRecipeFile } from '../recipes/readRecipeFile.ts'
import { diffLines, listedLines, scheduledLines, versionWords } from '../recipes/recipeWords.ts'

type Print = (line: string) => void
type Options = { json?: boolean }
type WithFiles = Options & { also: string[] }

const json = ['--json', 'print the JSON of the tool'] as const
const many = (value: string, before: string[]) => [...before, value]
const also = () =>
  new Option('--also <file>', 'a recipe that it calls and that is not known here').argParser(many).default([])

/** Recipes: workflows that operators write. (What `tributary train --recipe` takes is how a model is trained.) */
export const recipeCommand = (print: Print): Command =>
  new Command('recipe')
    .description('Workflows of your own: run, check, list and schedule them, and see what a change would change.')
    .addCommand(
      new Command('run')
        .description(runRecipe.summary)
        .argument('<recipe>', 'name, name@version, or a YAML, JSON or TypeScript file')
        .option('--with <name=value>', 'an input; JSON, or else a text', many, [])
        .addOption(also())
        .option('--detach', 'do not wait until it has ended')
        .option('--effect-key <text>', 'names your intention: the same key never runs twice')
        .option(...json)
        .action(
          async (recipe: string, options: WithFiles & { with: string[]; detach?: boolean; effectKey?: string }) => {
            const given = Object.fromEntries(options.with.map((one) => readInput(one)))
            const asked = { ...(await wishOf(recipe, options)), with: given, wait: options.detach !== true }
            const ended = await callServerFor(runRecipe, asked, options.effectKey ?? randomUUID())
            if (options.json) return print(JSON.stringify(ended))
            print(
              `${ended.recipe} (${versionWords(ended.version)}): ${ended.workflow} ${ended.state === 'ended' ? 'has ended' : 'runs'}`,
            )
            for (const line of stepLines(ended.steps)) print(line)
            if (ended.state === 'ended') print(JSON.stringify(ended.output, null, 2))
          },
        ),
    )
    .addCommand(
      new Command('status')
        .description(recipeStatus.summary)
        .argument('<run>', 'id of the workflow')
        .option(...json)
        .action(async (workflow: string, options: Options) => {
          const found = await callServerFor(recipeStatus, { workflow })
          if (options.json) return print(JSON.stringify(found))
          print(`${found.recipe} (${versionWords(found.version)}): ${found.status.toLowerCase()}`)
          for (const line of stepLines(found.steps)) print(line)
        }),
    )
    .addCommand(
      new Command('check')
        .description('Check recipe files against the schemas of what they call, with line and column. Needs no server.')
        .argument('<files...>', 'YAML, JSON or TypeScript; they may call each other')
        .option(...json)
        .action(async (files: string[], options: Options) => {
          const { checkFiles } = await import('../recipes/checkFiles.ts')
          const checked = await checkFiles(files)
          if (checked.some(({ problems }) => problems.length > 0)) process.exitCode = 2
          if (options.json) return print(JSON.stringify(checked))
          for (const { file, recipe, digest, problems } of checked) {
            for (const { line, column, code, message, tryThis } of problems) {
              print(`${pc.red('FAIL')}  ${file}:${line}:${column}: ${message} ${pc.dim(`[${code}]`)}`)
              print(`      ${pc.bold('Next:')} ${tryThis}`)
            }
            if (problems.length === 0) print(`${pc.green('ok')}  ${file}: ${recipe} ${pc.dim(digest ?? '')}`)
          }
        }),
    )
    .addCommand(
      new Command('list')
        .description(listRecipes.summary)
        .option(...json)
        .action(async (options: Options) => {
          const listed = await callServerFor(listRecipes, {})
          if (options.json) return print(JSON.stringify(listed))
          for (const recipe of listed.recipes) for (const line of listedLines(recipe)) print(line)
        }),
    )
    .addCommand(
      new Command('schedule')
        .description(scheduleRecipe.summary)
        .argument('[recipe]', 'name or file; all that is scheduled where none is given')
        .addOption(also())
        .addOption(new Option('--pause', 'until --resume').conflicts(['resume', 'delete']))
        .addOption(new Option('--resume', 'go on; events of meanwhile are told now').conflicts('delete'))
        .option('--delete', 'it begins by hand alone')
        .option(...json)
        .action(
          async (
            recipe: string | undefined,
            options: WithFiles & Record<'pause' | 'resume' | 'delete', true | undefined>,
          ) => {
            if (recipe === undefined) return showScheduled(print, options)
            const { pause, resume, delete: end } = options
            const action = pause ? 'pause' : resume ? 'resume' : end ? 'delete' : 'schedule'
            const asked = { ...(await wishOf(recipe, options)), action }
            const done = await callServerFor(scheduleRecipe, asked, randomUUID())
            if (options.json) return print(JSON.stringify(done))
            for (const line of scheduledLines(done)) print(line)
          },
        ),
    )
    .addCommand(
      new Command('diff')
        .description(diffRecipe.summary)
        .argument('<recipe>', 'name, name@version or file')
        .argument('[from]', 'name or name@version to compare with, instead of what is scheduled or was used last')
        .addOption(also())
        .option(...json)
        .action(async (recipe: string, from: string | undefined, options: WithFiles) => {
          const asked = { ...(await wishOf(recipe, options)), ...(from === undefined ? {} : { from }) }
          const found = await callServerFor(diffRecipe, asked)
          if (options.json) return print(JSON.stringify(found))
          for (const line of diffLines(found)) print(line)
        }),
    )

/** A name as it is, a file read; and the files that it may call. */
async function wishOf(recipe: string, { also }: WithFiles): Promise<Record<string, unknown>> {
  const others = []
  for (const file of also) others.push(await readRecipeFile(file))
  return { ...(isRecipeFile(recipe) ? { written: await readRecipeFile(recipe) } : { recipe }), also: others }
}

async function showScheduled(print: Print, options: Options): Promise<void> {
  const { recipes } = await callServerFor(listRecipes, {})
  const scheduled = recipes.filter((recipe) => recipe.scheduled !== null)
  if (options.json) return print(JSON.stringify({ recipes: scheduled }))
  if (scheduled.length === 0) print('nothing is scheduled: tributary recipe schedule <recipe>')
  for (const recipe of scheduled) for (const line of listedLines(recipe)) print(line)
}

function stepLines(steps: readonly { id: string; state: string }[]): string[] {
  return steps.map(({ id, state }) => `  ${state === 'done' ? pc.green(state) : pc.dim(state)}  ${id}`)
}
