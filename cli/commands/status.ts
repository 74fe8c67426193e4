import { Command } from 'commander'
import { pc } from '../colours.ts'
import { status } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { homeFolder } from '../homeFolder.ts'
import { runningGateway } from '../runningGateway.ts'

export const statusCommand = (print: (line: string) => void): Command =>
  new Command('status')
    .description('What runs where, and what to do about a part that does not.')
    .option('--json', 'print the JSON of the tool')
    .action(async ({ json }: { json?: boolean }) => {
      const url = await runningGateway(homeFolder())
      if (!url) {
        print(json ? JSON.stringify({ parts: [] }) : `Nothing runs in ${homeFolder()}. Start it with: npm start`)
        process.exitCode = 3
        return
      }
      const report = await callServerFor(status, {})
      if (json) return print(JSON.stringify(report))
      for (const { part, state, where, tryThis } of report.parts) {
        const shown = { up: pc.green('up  '), down: pc.red('down'), off: pc.dim('off ') }[state]
        print(`${shown}  ${part.padEnd(10)} ${where}${tryThis ? `\n      Next: ${tryThis}` : ''}`)
      }
      print(`epoch ${report.epoch} open, ${report.models} models on sale, ${report.receipts} receipts`)
    })
