import { Command } from 'commander'
import { pc } from '../colours.ts'
import { audit } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { auditByRetraining } from '../retraining/auditByRetraining.ts'

export const auditCommand = (print: (line: string) => void): Command =>
  new Command('audit')
    .description(audit.summary)
    .argument('<receipt>', 'digest of the receipt')
    .argument('[payee]', 'with --retrain: who is left out')
    .option('--retrain', 'train the adapter again without the payee, and see what that does to the answer')
    .option('--json', 'print the JSON of the tool')
    .action(async (receipt: string, payee: string | undefined, options: { retrain?: boolean; json?: boolean }) => {
      if (options.retrain || payee !== undefined)
        return auditByRetraining({ receipt, payee, isJson: options.json === true }, print)
      const report = await callServerFor(audit, { receipt })
      if (report.verdict === 'FAIL') process.exitCode = 2
      if (options.json) return print(JSON.stringify(report))
      for (const { check, pass, judged, detail, culprit } of report.checks) {
        const sign = judged === false ? pc.yellow('--  ') : pass ? pc.green('ok  ') : pc.red('FAIL')
        print(`${sign}  ${check.padEnd(24)} ${detail}${culprit ? pc.red(`  culprit: ${culprit}`) : ''}`)
      }
      const colour = { PASS: pc.green, FAIL: pc.red, NOT_REPRODUCIBLE: pc.yellow }[report.verdict]
      print(colour(report.verdict))
    })
