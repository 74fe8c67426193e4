import { Command } from 'commander'
import { pc } from '../colours.ts'
import { audit } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'

export const auditCommand = (print: (line: string) => void): Command =>
  new Command('audit')
    .description(audit.summary)
    .argument('<receipt>', 'digest of the receipt')
    .option('--json', 'print the JSON of the tool')
    .action(async (receipt: string, { json }: { json?: boolean }) => {
      const report = await callServerFor(audit, { receipt })
      if (report.verdict === 'FAIL') process.exitCode = 2
      if (json) return print(JSON.stringify(report))
      for (const { check, pass, judged, detail, culprit } of report.checks) {
        const sign = judged === false ? pc.yellow('--  ') : pass ? pc.green('ok  ') : pc.red('FAIL')
        print(`${sign}  ${check.padEnd(24)} ${detail}${culprit ? pc.red(`  culprit: ${culprit}`) : ''}`)
      }
      const colour = { PASS: pc.green, FAIL: pc.red, NOT_REPRODUCIBLE: pc.yellow }[report.verdict]
      print(colour(report.verdict))
    })
