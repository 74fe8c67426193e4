import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { pc } from '../colours.ts'
import { homeFolder } from '../homeFolder.ts'
import type { Role } from '../../servers/index.ts'
import { parseCount } from '../parseCount.ts'
import type { TourSummary } from '../../tools/index.ts'
import { plainText } from '../fitText.ts'
import { parseDuration } from '../parseDuration.ts'
import { printSummary } from '../printSummary.ts'
import { tourProgress } from '../tourProgress.ts'

type Options = {
  role: Role
  exit?: boolean
  json?: boolean
  from?: string
  licence?: string
  samples?: number
  budget?: number
  again?: boolean
  base?: string
  port?: number
  host: string
}

export const startCommand = (print: (line: string) => void): Command =>
  new Command('start')
    .description(
      'Start everything on this machine and run the tour: a Datanet of real texts, curated, an adapter fine-tuned on it, questions paid for, every answer attributed, settled and audited.',
    )
    .option('--exit', 'end after the tour instead of staying up')
    .option('--json', 'print the summary object alone on standard output; progress goes to standard error')
    .option(
      '--from <path>',
      'another corpus: JSONL, CSV or Parquet, or a folder of texts with one sub-folder per contributor',
    )
    .option('--licence <spdx>', 'SPDX expression for a corpus whose samples name none')
    .option(
      '--samples <n>',
      'train on at most so many samples, seeded and stratified by contributor',
      parseCount({ min: 8, max: 4096 }),
    )
    .addOption(new Option('--budget <time>', 'bound the training to about so long, e.g. 5m').argParser(parseDuration))
    .option('--base <name|digest>', 'the base of this home from now on: one that tributary model add made')
    .option('--again', 'after a finished tour: ask new questions and open a new epoch')
    .option(
      '--port <n>',
      'port of the gateway (default: a free one, kept for the next start)',
      parseCount({ min: 1, max: 65_535 }),
    )
    .option('--host <address>', 'address to bind to', '127.0.0.1')
    .addOption(
      new Option('--role <role>', 'one of many processes: sell answers, or make them (docs/serving.md)')
        .choices(['all', 'gateway', 'engine'] satisfies Role[])
        .default('all'),
    )
    .action(async (options: Options) => {
      const say = (line: string) => process.stderr.write(`${line}\n`)
      const { openTributary } = await import('../../temporal.config.ts')
      const { runTour } = await import('../runTour.ts')
      const server = await openTributary({
        home: homeFolder(),
        say,
        role: options.role,
        host: options.host,
        base: options.base,
        ...(options.port === undefined ? {} : { port: options.port }),
      })
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
      try {
        if (options.role !== 'all') {
          say(`${options.role} is up${server.gatewayUrl ? ` at ${server.gatewayUrl}/v1` : ''}.`)
          return await server.untilFailed(stop.signal)
        }
        const tour = runTour(server, {
          signal: stop.signal,
          again: options.again === true,
          ...(options.from === undefined ? {} : { from: resolve(options.from) }),
          ...(options.licence === undefined ? {} : { licence: options.licence }),
          ...(options.samples === undefined ? {} : { samples: options.samples }),
          ...(options.budget === undefined ? {} : { budgetMs: options.budget }),
          ...tourProgress(say),
        })
        const summary = await server.unlessEnded(tour)
        if (!summary) {
          say('Stopped; the next npm start goes on from here.')
          return
        }
        if (options.json) print(JSON.stringify(summary))
        else {
          printSummary(summary, print)
          say('')
          sayWhatNext(summary, say)
        }
        if (options.exit) return
        say('')
        say(`${pc.bold('API')}      ${server.gatewayUrl}/v1   ${pc.dim(`${server.gatewayUrl}/openapi.json`)}`)
        if (server.temporalUi) say(`${pc.bold('Temporal')} ${server.temporalUi}`)
        say(pc.dim('Ctrl-C stops everything.'))
        await server.untilFailed(stop.signal)
      } finally {
        await server.close()
      }
    })

/** Three commands with what this tour made; each finds the server that runs, or starts one for the call. */
function sayWhatNext({ answers, contributors }: TourSummary, say: (line: string) => void): void {
  const { receipt = '<receipt>', question = 'What does this package do?' } = answers[0] ?? {}
  say(pc.bold('What to try next:'))
  // A question is a contributor's text: quoted so that a shell takes nothing in it for a command.
  say(`  npx tributary ask '${plainText(question).replaceAll("'", String.raw`'\''`)}'`)
  say(`  npx tributary audit ${receipt}`)
  say(`  npx tributary statement ${contributors[0]?.payee ?? '<contributor>'}`)
}
