import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import { previewTraining, trainAdapter } from '../../tools/definitions.ts'
import { TributaryError } from '../../kernel/index.ts'
import { callReached } from '../callServer.ts'
import { parseCount } from '../parseCount.ts'
import { parseDuration } from '../parseDuration.ts'
import { reachServer, type ReachedServer } from '../reachServer.ts'
import { followTraining } from '../training/followTraining.ts'
import { printCard } from '../training/printCard.ts'
import { printPlan, type TrainingPreview } from '../training/printPlan.ts'
import { readRecipe } from '../training/readRecipe.ts'
import { trainingView } from '../training/trainingView.ts'

type Options = {
  recipe: string
  name?: string
  samples?: number
  groups?: number
  budget?: number
  seed?: number
  device?: 'gpu'
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

export const trainCommand = (print: (line: string) => void): Command =>
  new Command('train')
    .description(
      'Fine-tune an adapter on a Datanet version and put it on sale with its card. Says first what it will take; nothing must be given. Stopped anywhere, the same command goes on to the same bytes.',
    )
    .argument('[datanet]', 'name of a Datanet, or root of one of its versions (default: the newest version of all)')
    .option('--recipe <name|file>', 'quick, balanced, thorough, or a YAML or JSON file of your own', 'quick')
    .option('--name <alias>', 'the name under which it is sold (default: Datanet and recipe)')
    .option('--samples <n>', 'train on at most so many', parseCount({ min: 8, max: 4096 }))
    .option('--groups <n>', 'payee groups, each with a counterfactual adapter', parseCount({ min: 1, max: 64 }))
    .addOption(new Option('--budget <time>', 'bound it to about so long, e.g. 5m').argParser(parseDuration))
    .option('--seed <n>', 'of order and start', parseCount({ min: 0 }))
    .addOption(new Option('--device <device>', 'by a GPU worker (tributary gpu)').choices(['gpu']))
    .option('--dry-run', 'only say what it would take')
    .option('--yes', 'approve the gas of one transaction, on a chain that is not your own')
    .option('--json', 'print the object alone on standard output, and no progress')
    .action(async (datanet: string | undefined, options: Options) => {
      const wish = wishOf(datanet, options)
      const server = await reachServer(options.json ? () => undefined : undefined)
      const stop = new AbortController()
      const onSignal = () => stop.abort()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
      try {
        const plan = await callReached(server, previewTraining, wish)
        if (options.dryRun && options.json) return print(JSON.stringify(plan))
        if (!options.json) printPlan(plan, print)
        if (options.dryRun) return
        refuseProblems(plan)
        const trained = await train(server, plan, options, stop.signal)
        if (trained === undefined) process.stderr.write(`${stopped(server)}\n`)
        else if (options.json) print(JSON.stringify(trained))
        else printCard(trained, plan, print)
      } finally {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal)
        await server.close()
      }
    })

function wishOf(datanet: string | undefined, options: Options): Record<string, unknown> {
  const isRoot = datanet?.startsWith('0x')
  const wish = {
    ...readRecipe(options.recipe),
    datanetRoot: isRoot ? datanet : undefined,
    datanet: isRoot ? undefined : datanet,
    alias: options.name,
    samples: options.samples,
    groups: options.groups,
    budgetMs: options.budget,
    seed: options.seed,
    device: options.device,
  }
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined))
}

function refuseProblems({ problems: [first], disk, training }: TrainingPreview): void {
  if (!first) return
  throw new TributaryError(`Training would not end well: ${first.what}.`, {
    code: 'cli/training-refused',
    facts: { training, problem: first.code, ...disk },
    tryThis: 'mend that first, or take a smaller recipe or fewer samples: see --dry-run',
  })
}

/** Undefined where a person stopped it: the training stays where it is. */
async function train(server: ReachedServer, plan: TrainingPreview, options: Options, signal: AbortSignal) {
  const { recipe: recipeDocument, seed: _, ...request } = plan.request
  const input = { ...request, recipeDocument, approved: options.yes === true }
  const view = options.json ? undefined : trainingView()
  const ended = new AbortController()
  const watched = view
    ? followTraining(server, plan.training, { signal: ended.signal, onEvent: (event) => view.event(event) })
    : Promise.resolve()
  const interrupted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const work = callReached(server, trainAdapter, input, randomUUID())
  try {
    return await Promise.race([work, interrupted])
  } finally {
    ended.abort()
    await watched
    view?.end()
    // The call of a stopped command ends with its server; nobody waits for it.
    work.catch(() => undefined)
  }
}

function stopped({ own }: ReachedServer): string {
  return own
    ? 'Stopped; the same command goes on from here.'
    : 'The training goes on in the server that runs; the same command watches it again.'
}
