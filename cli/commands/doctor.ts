import { Command } from 'commander'
import pc from 'picocolors'
import { examine } from '../examine.ts'

export const doctorCommand = (print: (line: string) => void): Command =>
  new Command('doctor')
    .description('Look at this machine and this home: what is there, what is missing, what to do.')
    .action(async () => {
      const findings = await examine()
      for (const { what, ok, found, tryThis } of findings) {
        print(
          `${ok ? pc.green('ok  ') : pc.red('fix ')}  ${what.padEnd(16)} ${found}${ok || !tryThis ? '' : `\n      Next: ${tryThis}`}`,
        )
      }
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1
    })
