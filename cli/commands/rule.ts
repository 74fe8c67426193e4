import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { addRule, checkRule, listRules, showRule } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { backtestByCommand, type BacktestOptions } from '../governing/backtestByCommand.ts'
import { readDocument } from '../governing/readDocument.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { json?: boolean }

const json = ['--json', 'print the JSON of the tool'] as const
const right = (head: string) => ({ head, align: 'right' }) as const

export const ruleCommand = (print: (line: string) => void): Command =>
  new Command('rule')
    .description('Revenue rules: show, check and list them, and play a proposed one on all past receipts.')
    .addCommand(
      new Command('show')
        .description(showRule.summary)
        .argument('[digest]', 'of the rule; the one in force where none is given')
        .option(...json)
        .action(async (digest: string | undefined, options: Options) => {
          const shown = await callServerFor(showRule, digest === undefined ? {} : { digest })
          if (options.json) return print(JSON.stringify(shown))
          print(JSON.stringify(shown.rule, null, 2))
          // Beside it: what is printed is the document, to be kept in a file and changed.
          process.stderr.write(`${pc.dim(`${shown.digest}${shown.current ? ', in force' : ''}`)}\n`)
        }),
    )
    .addCommand(
      new Command('check')
        .description(checkRule.summary)
        .argument('<rule.json>', 'file with the document, or - for the standard input')
        .option(...json)
        .action(async (file: string, options: Options) => {
          const found = await callServerFor(checkRule, { rule: await readDocument(file) })
          if (!found.valid) process.exitCode = 2
          if (options.json) return print(JSON.stringify(found))
          for (const { field, problem } of found.problems) print(`${pc.red('FAIL')}  ${field}: ${problem}`)
          if (!found.valid) return undefined
          print(`${pc.green('ok')}  ${found.digest}`)
          for (const { field, from, to } of found.changes) print(`  ${field}: ${from} → ${to}`)
          if (found.changes.length === 0) print('  it is the rule in force')
        }),
    )
    .addCommand(
      new Command('list')
        .description(listRules.summary)
        .option(...json)
        .action(async (options: Options) => {
          const listed = await callServerFor(listRules, {})
          if (options.json) return print(JSON.stringify(listed))
          const parts = ['contributors', 'server', 'owner', 'treasury', 'receipts'].map((head) => right(head))
          const percent = (ppm: number) => `${(ppm / 10_000).toFixed(2)} %`
          const rows = listed.rules.map(({ digest, current, receipts, rule }) => [
            `${digest}${current ? ' *' : ''}`,
            percent(rule.contributorsPpm),
            percent(rule.serverPpm),
            percent(rule.modelOwnerPpm),
            percent(rule.treasuryPpm),
            String(receipts),
          ])
          print(drawTable([{ head: 'rule (* in force)' }, ...parts], rows, terminalWidth()))
        }),
    )
    .addCommand(
      new Command('add')
        .description(addRule.summary)
        .argument('<rule.json>', 'file with the document, or - for the standard input')
        .action(async (file: string) => {
          const { digest, current } = await callServerFor(addRule, { rule: await readDocument(file) }, randomUUID())
          print(`${digest}${current ? ' is in force' : ' is kept'}`)
        }),
    )
    .addCommand(
      new Command('backtest')
        .description('Play a proposed rule on all past receipts, against what was really paid.')
        .argument('<rule.json>', 'file with the document, or - for the standard input')
        .option('--html <file>', 'write a page for a browser, with pictures')
        .option(...json)
        .action((file: string, options: BacktestOptions) => backtestByCommand(file, options, print)),
    )
