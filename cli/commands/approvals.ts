import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import {
  approvalTrail,
  approveAction,
  denyAction,
  listApprovals,
  setApprovalRule,
  showApproval,
  type ApprovalView,
} from '../../tools/definitions.ts'
import { callReached, callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { plainText } from '../fitText.ts'
import { formatWei } from '../formatWei.ts'
import { readTrail } from '../readTrail.ts'
import { reachServer } from '../reachServer.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Print = (line: string) => void
type Options = { json?: boolean; state?: string; reason?: string }
const json = ['--json', 'print the JSON of the tool'] as const
const states = ['waiting', 'approved', 'denied', 'expired']

export const approvalsCommand = (print: Print): Command =>
  new Command('approvals')
    .description('What agents may not do before you approve it: look at an action, and approve its digest.')
    .addCommand(listCommand(print), { isDefault: true })
    .addCommand(
      new Command('show')
        .description(showApproval.summary)
        .argument('<digest>')
        .option(...json)
        .action(async (digest: string, options: Options) => {
          const shown = await callServerFor(showApproval, { digest })
          if (options.json) return print(JSON.stringify(shown))
          print(wordsOf(shown.approval))
          print(shown.action === null ? 'its text was dropped when it was decided' : plainText(shown.action))
        }),
    )
    .addCommand(wordCommand('approve', approveAction, print))
    .addCommand(wordCommand('deny', denyAction, print))
    .addCommand(ruleCommand(print))
    .addCommand(
      new Command('trail')
        .description('print every word and rule as signed lines, JSON')
        .action(async () => print(JSON.stringify(await callServerFor(approvalTrail, { count: 10_000 })))),
    )
    .addCommand(
      new Command('check')
        .description('check lines that trail printed, here and now, without a server')
        .argument('<file>')
        .action(async (file: string) => print(await checked(file))),
    )

async function checked(file: string): Promise<string> {
  const { checkApprovals } = await import('../../tools/index.ts')
  const text = readTrail(file, { print: 'approvals trail', check: 'approvals check' })
  const { lines, asked, approved, denied, expired, rules } = await checkApprovals(approvalTrail.output.parse(text))
  return `${lines} lines, each signed by the operator and hashed over the one before: ${asked} asked, ${approved} approved, ${denied} denied, ${expired} expired, ${rules} of rules`
}

function listCommand(print: Print): Command {
  return new Command('list')
    .description(listApprovals.summary)
    .addOption(new Option('--state <state>', 'only those').choices(states))
    .option(...json)
    .action(async ({ state, json: isJson }: Options) => {
      const listed = await callServerFor(listApprovals, state === undefined ? {} : { state })
      if (isJson) return print(JSON.stringify(listed))
      for (const approval of listed.approvals) print(wordsOf(approval))
      if (listed.approvals.length === 0) print('Nothing waits, and nothing was asked about.')
      const rows = listed.rules.map(({ tool, agent, mode, underWei, budgetWei, usedWei, expiresSeconds }) => [
        tool === '*' ? 'all that spend' : tool,
        agent === '' ? 'all' : agent,
        underWei === null ? mode : `by itself under ${formatWei(BigInt(underWei))}`,
        budgetWei === null ? '' : `${formatWei(BigInt(usedWei))} of ${formatWei(BigInt(budgetWei))}`,
        expiresSeconds === null ? '' : `${expiresSeconds} s`,
      ])
      const columns = ['tool', 'agent', 'approval', 'used', 'time'].map((head) => ({ head }))
      if (rows.length > 0) print(drawTable(columns, rows, terminalWidth()))
      print(`Held to a budget instead, where no rule says otherwise: ${listed.unattended.join(', ')}.`)
    })
}

/** Shows what the word is about before it is given, so that the terminal keeps it. */
function wordCommand(name: string, tool: typeof approveAction | typeof denyAction, print: Print): Command {
  return new Command(name)
    .description(tool.summary)
    .argument('<digest>')
    .option('--reason <text>', 'why; it stands in the signed line')
    .option(...json)
    .action(async (digest: string, { reason, json: isJson }: Options) => {
      const server = await reachServer()
      try {
        const { action } = await callReached(server, showApproval, { digest })
        const input = { digest, ...(reason === undefined ? {} : { reason }) }
        const given = await callReached(server, tool, input, randomUUID())
        if (isJson) return print(JSON.stringify(given))
        if (action !== null) print(plainText(action))
        print(wordsOf(given.approval))
        if (!given.resumed && given.approval.workflow !== null) print('its workflow is over: nobody goes on')
      } finally {
        await server.close()
      }
    })
}

function ruleCommand(print: Print): Command {
  return new Command('rule')
    .description(setApprovalRule.summary)
    .addArgument(new Command().createArgument('<mode>').choices(['ask', 'under', 'unattended', 'none']))
    .option('--tool <name>', 'of one tool; without it, of all that spend')
    .option('--agent <type>', 'of one type of workflow, or one face; without it, of all')
    .option('--under-wei <wei>', 'mode under: what the rule approves by itself')
    .option('--budget-wei <wei>', 'mode under: all that it approves by itself')
    .option('--expires-seconds <n>', 'how long a person has to answer', Number)
    .action(async (mode: string, flags: Record<string, unknown>) => {
      const set = await callServerFor(setApprovalRule, { mode, ...flags }, randomUUID())
      print(`${set.tool === '*' ? 'all that spend' : set.tool}, ${set.agent || 'all agents'}: ${set.mode}`)
    })
}

function wordsOf({
  digest,
  state,
  agent,
  tool,
  effect,
  workflow,
  step,
  amountWei,
  by,
  reason,
  expiresAtMs,
}: ApprovalView) {
  const amount = amountWei === null ? '' : ` of at most ${formatWei(BigInt(amountWei))}`
  const until = state === 'waiting' && expiresAtMs !== null ? ` until ${new Date(expiresAtMs).toISOString()}` : ''
  const word = by === null ? '' : ` by ${by}${reason === null ? '' : `: ${plainText(reason)}`}`
  const where = workflow === null ? step : `${workflow}, ${step}`
  return `${digest} ${state}${until}${word}\n  ${tool} (${effect})${amount} by ${agent}, ${plainText(where)}`
}
