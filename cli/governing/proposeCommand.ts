import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import {
  backtestRule,
  followProposal,
  proposeEngine,
  proposeParameter,
  proposeRule,
  proposeSpending,
} from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { backtestLines } from './backtestByCommand.ts'
import { readDocument } from './readDocument.ts'

type Options = { json?: boolean; why: string; follow: boolean; backtest?: string; evidence?: string }
type Print = (line: string) => void
type Sent = { proposal: string; votesFrom: number; votesUntil: number }

/** `tributary govern propose`: one command a kind of proposal; each can be followed to its end by a workflow. */
export function proposeCommand(print: Print): Command {
  const optionsOf = (command: Command) =>
    command
      .addOption(new Option('--why <text>', 'for those who vote').default(''))
      .option('--no-follow', 'leave queueing and executing to others')
      .option('--json', 'print the JSON of the tool')
  const told = async (sent: Sent, { json, follow }: Options) => {
    if (follow) await callServerFor(followProposal, { proposal: sent.proposal }, `follow ${sent.proposal}`)
    if (json) return print(JSON.stringify(sent))
    const time = (seconds: number) => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
    print(`proposal ${sent.proposal}: votes from ${time(sent.votesFrom)} to ${time(sent.votesUntil)}`)
    if (follow) print(`workflow govern/${sent.proposal} queues and executes it if it is passed`)
  }
  return new Command('propose')
    .description('Propose a revenue rule, an engine, a setting of governance, or spending of a Datanet’s pool.')
    .addCommand(
      optionsOf(new Command('rule').description(proposeRule.summary).argument('<rule.json>'))
        .option(
          '--backtest <digest>',
          'of its report; unless given, the rule is played now and what comes out is shown',
        )
        .action(async (file: string, options: Options) => {
          const rule = await readDocument(file)
          let { backtest } = options
          if (backtest === undefined) {
            const found = await callServerFor(backtestRule, { rule }, randomUUID())
            if (!options.json) for (const line of backtestLines(found)) print(line)
            backtest = found.report
          }
          await told(await callServerFor(proposeRule, { rule, backtest, why: options.why }, randomUUID()), options)
        }),
    )
    .addCommand(
      optionsOf(new Command('engine').description(proposeEngine.summary).argument('<digest>', 'of its document'))
        .requiredOption('--evidence <digest>', 'of a stored report, such as that of an evaluation')
        .action(async (engine: string, options: Options) => {
          const input = { engine, evidence: options.evidence, why: options.why }
          await told(await callServerFor(proposeEngine, input, randomUUID()), options)
        }),
    )
    .addCommand(
      optionsOf(
        new Command('parameter')
          .description(proposeParameter.summary)
          .argument('<name>')
          .argument('<value>', 'a whole number'),
      ).action(async (name: string, value: string, options: Options) => {
        await told(await callServerFor(proposeParameter, { name, value, why: options.why }, randomUUID()), options)
      }),
    )
    .addCommand(
      optionsOf(
        new Command('spend')
          .description(proposeSpending.summary)
          .argument('<datanet>')
          .argument('<to>', 'address')
          .argument('<wei>'),
      ).action(async (datanet: string, to: string, wei: string, options: Options) => {
        await told(await callServerFor(proposeSpending, { datanet, to, wei, why: options.why }, randomUUID()), options)
      }),
    )
}
