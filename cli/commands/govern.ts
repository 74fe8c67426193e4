import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import {
  ballotOf,
  castVote,
  delegateVotes,
  executeProposal,
  followProposal,
  listEngines,
  listProposals,
  poolStatus,
  proposalStatus,
  queueProposal,
} from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'
import { kindOf, proposalLines } from '../governing/proposalLines.ts'
import { proposeCommand } from '../governing/proposeCommand.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { json?: boolean }
type Print = (line: string) => void

const json = ['--json', 'print the JSON of the tool'] as const
const keys = ['operator', 'buyer', 'modelOwner', 'server']
const right = (head: string) => ({ head, align: 'right' }) as const

export const governCommand = (print: Print): Command =>
  new Command('govern')
    .description('What holders decide: propose, vote, queue, execute; rules, engines, settings and Datanets’ pools.')
    .addCommand(proposeCommand(print))
    .addCommand(
      new Command('list')
        .description(listProposals.summary)
        .option(...json)
        .action(async (options: Options) => {
          const listed = await callServerFor(listProposals, {})
          if (options.json) return print(JSON.stringify(listed))
          const rows = listed.proposals.map((view) => [
            view.proposal,
            kindOf(view),
            view.state,
            formatOpen(BigInt(view.forWei)),
            formatOpen(BigInt(view.againstWei)),
          ])
          const votes = [right(`for ${TOKEN_SYMBOL}`), right('against')]
          if (rows.length > 0)
            print(
              drawTable([{ head: 'proposal' }, { head: 'what' }, { head: 'state' }, ...votes], rows, terminalWidth()),
            )
          print(`in force: rule ${listed.rule}, engine ${listed.engine}`)
        }),
    )
    .addCommand(
      new Command('status')
        .description(proposalStatus.summary)
        .argument('<proposal>')
        .option(...json)
        .action(async (proposal: string, options: Options) => {
          const view = await callServerFor(proposalStatus, { proposal })
          print(options.json ? JSON.stringify(view) : proposalLines(view).join('\n'))
        }),
    )
    .addCommand(voteCommand(print))
    .addCommand(
      new Command('delegate')
        .description(delegateVotes.summary)
        .argument('[account]', 'who votes; the key itself where none is given')
        .addOption(new Option('--key <role>', 'whose tokens').choices(keys).default('operator'))
        .option(...json)
        .action(async (to: string | undefined, { key, json: isJson }: Options & { key: string }) => {
          const input = { key, ...(to === undefined ? {} : { to }) }
          const found = await callServerFor(delegateVotes, input, randomUUID())
          if (isJson) return print(JSON.stringify(found))
          print(
            `${found.account} votes through ${found.delegate}, which has ${formatWei(BigInt(found.votesWei))} of votes`,
          )
        }),
    )
    .addCommand(act('queue', queueProposal, print))
    .addCommand(act('execute', executeProposal, print))
    .addCommand(
      new Command('follow')
        .description(followProposal.summary)
        .argument('<proposal>')
        .action(async (proposal: string) => {
          const { workflow } = await callServerFor(followProposal, { proposal }, `follow ${proposal}`)
          print(`workflow ${workflow} waits, queues and executes`)
        }),
    )
    .addCommand(
      new Command('engines')
        .description(listEngines.summary)
        .option(...json)
        .action(async (options: Options) => {
          const { engines } = await callServerFor(listEngines, {})
          if (options.json) return print(JSON.stringify({ engines }))
          const rows = engines.map(({ engine, current, adoptedAt, onBoard, document }) => [
            `${engine}${current ? ' *' : ''}`,
            adoptedAt === null ? 'not adopted' : new Date(adoptedAt * 1_000).toISOString(),
            onBoard ? `${document?.receipt ?? ''}, ${document?.money ?? ''}` : 'not on board',
          ])
          print(
            drawTable(
              [{ head: 'engine (* in force)' }, { head: 'adopted' }, { head: 'methods' }],
              rows,
              terminalWidth(),
            ),
          )
        }),
    )
    .addCommand(
      new Command('pool')
        .description(poolStatus.summary)
        .argument('<datanet>')
        .option(...json)
        .action(async (datanet: string, options: Options) => {
          const pool = await callServerFor(poolStatus, { datanet })
          if (options.json) return print(JSON.stringify(pool))
          print(`${datanet}: ${formatWei(BigInt(pool.balanceWei))} of ${formatWei(BigInt(pool.creditedWei))} credited`)
          const rows = pool.moves.map(({ kind, wei, epoch, to, why }) => [
            kind === 'credited' ? `+${formatOpen(BigInt(wei))}` : `-${formatOpen(BigInt(wei))}`,
            kind === 'credited' ? `epoch ${epoch ?? '?'}` : `to ${to ?? ''}`,
            why ?? '',
          ])
          const columns = [right(TOKEN_SYMBOL), { head: 'from or to' }, { head: 'why', lines: 3 }]
          if (rows.length > 0) print(drawTable(columns, rows, terminalWidth()))
        }),
    )

function voteCommand(print: Print): Command {
  return new Command('vote')
    .description(castVote.summary)
    .argument('<proposal>')
    .addArgument(new Command().createArgument('<support>').choices(['for', 'against', 'abstain']))
    .addOption(new Option('--key <role>', 'a key of this home whose votes are cast').choices(keys).default('operator'))
    .option('--voter <address>', 'a voter elsewhere; without --signature the ballot is printed for its wallet to sign')
    .option('--signature <hex>', 'of the ballot, by the voter')
    .option(...json)
    .action(async (proposal: string, support: string, options: Options & Vote) => {
      const { key, voter, signature } = options
      if (voter !== undefined && signature === undefined) {
        const ballot = await callServerFor(ballotOf, { proposal, support, voter })
        return print(options.json ? JSON.stringify(ballot) : ballot.typedData)
      }
      const signed = voter === undefined ? { key } : { signed: { voter, signature } }
      const cast = await callServerFor(castVote, { proposal, support, ...signed }, randomUUID())
      if (options.json) return print(JSON.stringify(cast))
      print(`${cast.voter} voted ${cast.support} with ${formatWei(BigInt(cast.weightWei))}`)
    })
}

type Vote = { key: string; voter?: string; signature?: string }

function act(name: 'queue' | 'execute', tool: typeof queueProposal | typeof executeProposal, print: Print): Command {
  return new Command(name)
    .description(tool.summary)
    .argument('<proposal>')
    .option(...json)
    .action(async (proposal: string, options: Options) => {
      const done = await callServerFor(tool, { proposal }, randomUUID())
      print(options.json ? JSON.stringify(done) : proposalLines(done.proposal).join('\n'))
    })
}
