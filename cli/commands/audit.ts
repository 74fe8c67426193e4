import { Command } from 'commander'
import { pc } from '../colours.ts'
import { audit, auditUnroll } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { auditByRetraining } from '../retraining/auditByRetraining.ts'

type AuditOptions = { retrain?: boolean; unroll?: boolean; json?: boolean }

export const auditCommand = (print: (line: string) => void): Command =>
  new Command('audit')
    .description(audit.summary)
    .argument('<receipt>', 'digest of the receipt')
    .argument('[payee]', 'with --retrain: who is left out')
    .option('--retrain', 'train the adapter again without the payee, and see what that does to the answer')
    .option('--unroll', 'walk the unroll again that split its epoch; takes two trainings of the adapter')
    .option('--json', 'print the JSON of the tool')
    .action(async (receipt: string, payee: string | undefined, options: AuditOptions) => {
      if (options.retrain || payee !== undefined)
        return auditByRetraining({ receipt, payee, isJson: options.json === true }, print)
      if (options.unroll) return auditByUnroll(receipt, options, print)
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

async function auditByUnroll(receipt: string, { json }: AuditOptions, print: (line: string) => void): Promise<void> {
  const report = await callServerFor(auditUnroll, { receipt })
  const { verdict, epoch, adapter, samples, different, largestNats } = report
  if (verdict === 'FAIL') process.exitCode = 2
  if (json) return print(JSON.stringify(report))
  const found =
    verdict === 'PASS'
      ? pc.green(`PASS: the scores of all ${samples} samples are the same, to the bit`)
      : pc.red(`FAIL: ${different} of ${samples} samples have other scores, by up to ${largestNats} nats`)
  print(`epoch ${epoch}, adapter ${adapter.slice(0, 10)}: ${found}`)
}
