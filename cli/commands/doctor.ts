import { Command } from 'commander'
import { pc } from '../colours.ts'

export const doctorCommand = (print: (line: string) => void): Command =>
  new Command('doctor')
    .description('Look at this machine and this home: what is there, what is missing, what to do.')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../examine.ts')
      const findings = await examine()
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1
      if (json) return print(JSON.stringify({ findings }))
      for (const { what, ok, found, tryThis } of findings) {
        print(`${ok ? pc.green('ok  ') : pc.red('fix ')}  ${what.padEnd(16)} ${found}`)
        if (!ok && tryThis) print(`      Next: ${tryThis}`)
      }
    })
