import { Command } from 'commander'
import { explain } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'

export const explainCommand = (print: (line: string) => void): Command =>
  new Command('explain')
    .description(explain.summary)
    .argument('<payee>', 'address, or a name such as npm:zod')
    .argument('<receipt>', 'digest of the receipt')
    .option('--json', 'print the JSON of the tool')
    .action(async (payee: string, receipt: string, { json }: { json?: boolean }) => {
      const report = await callServerFor(explain, { payee, receipt })
      print(json ? JSON.stringify(report) : report.steps.map((line, i) => `${i + 1}. ${line}`).join('\n'))
    })
