import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { bondStatus, verifyAdapter } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { formatWei } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { bundle?: string; status?: boolean; json?: boolean }

export const verifyCommand = (print: (line: string) => void): Command =>
  new Command('verify')
    .description(
      'Train drawn members of a bonded adapter set again, in a process of its own, and report with a bond what that gave. Stopped anywhere, the same command goes on; it ends when every case has ended.',
    )
    .argument('<adapter>', 'digest of the adapter')
    .option('--bundle <file>', 'the bundle that its operator hands out, where it is not in this home')
    .option('--status', 'only say who answers for it with how much, and what was reported')
    .option('--json', 'print the JSON of the tool')
    .action(async (adapter: string, { bundle, status, json }: Options) => {
      if (status) {
        const bond = await callServerFor(bondStatus, { adapter })
        if (json) return print(JSON.stringify(bond))
        printCases(bond, print)
        print(
          `${colourOf(bond.verdict)}: ${formatWei(BigInt(bond.lockedWei))} of ${formatWei(BigInt(bond.bondWei))} at stake`,
        )
        return
      }
      const input = { adapter, ...(bundle === undefined ? {} : { bundleFile: resolve(bundle) }) }
      const verified = await callServerFor(verifyAdapter, input, randomUUID())
      if (verified.verdict === 'slashed') process.exitCode = 2
      if (json) return print(JSON.stringify(verified))
      for (const { member, digest, same } of verified.reports) {
        const name = nameOf(member)
        print(`${same ? pc.green('same ') : pc.red('OTHER')}  ${name.padEnd(24)} trained again: ${digest}`)
      }
      printCases(verified, print)
      print(`${colourOf(verified.verdict)}: collected ${formatWei(BigInt(verified.collectedWei))}`)
    })

type Cases = Pick<ReturnType<typeof bondStatus.output.parse>, 'cases'>

function printCases({ cases }: Cases, print: (line: string) => void): void {
  if (cases.length === 0) return
  const rows = cases.map(({ member, outcome, round, reports, revealed }) => [
    nameOf(member),
    outcome,
    String(round),
    `${revealed} of ${reports}`,
  ])
  const heads = ['drawn member', 'outcome', 'round', 'reports opened']
  print(
    drawTable(
      heads.map((head) => ({ head })),
      rows,
      terminalWidth(),
    ),
  )
}

function nameOf(member: number): string {
  return member === 0 ? 'the adapter itself' : `without group ${member}`
}

function colourOf(verdict: string): string {
  const colour = verdict === 'attested' ? pc.green : verdict === 'slashed' ? pc.red : pc.yellow
  return colour(verdict)
}
