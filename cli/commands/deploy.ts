import { join } from 'node:path'
import { Command, Option } from 'commander'
import { TributaryError } from '../../kernel/index.ts'
import { pc } from '../colours.ts'
import { homeFolder } from '../homeFolder.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { rpc?: string; plan?: boolean; yes?: boolean; json?: boolean }

const flags = {
  parameters: 'JSON file of parameters; flags win over it',
  plan: 'print what would be sent and what it would cost, and send nothing',
  yes: 'do not ask, for scripts',
}

export const deployCommand = (print: (line: string) => void): Command => {
  const command = new Command('deploy')
    .description(
      'Deploy the contracts to a chain, by plan and confirmation, and read all of it back. A run that was cut goes on where it stopped.',
    )
    .option('--rpc <url>', 'address of the chain; CHAIN_RPC_URL unless given')
    .option('--plan', flags.plan)
    .option('--yes', flags.yes)
    .option('--json', 'print plan and result as JSON')
    .option('--parameters <file>', flags.parameters)
  // Names alone: what they mean, and the schema of the file, are loaded when it runs.
  for (const [name, about] of parameterOptions) command.addOption(new Option(name, about))
  return command.action(async (options: Options) => {
    const { rpc = process.env['CHAIN_RPC_URL'], json } = options
    if (!rpc)
      throw new TributaryError('Which chain?', {
        code: 'cli/usage',
        tryThis: 'add --rpc <url>, or set CHAIN_RPC_URL; the local chain is deployed to by npm start',
      })
    const { runDeploy } = await import('../deploying/runDeploy.ts')
    const say = (line: string) => (json ? undefined : print(line))
    const done = await runDeploy({ ...options, rpcUrl: rpc, home: homeFolder(), width: terminalWidth(), say })
    if (json) return print(done.json)
    if (!done.isDeployed) return print(pc.dim('nothing was sent'))
    print(`deployed, recorded in ${join(homeFolder(), 'deployment.json')}`)
  })
}

const parameterOptions = [
  ['--supply-wei <wei>', 'whole supply of OPEN, minted once to the deployer'],
  ['--max-treasury-ppm <ppm>', 'ceiling of what the treasury may take of an epoch'],
  ['--max-operator-ppm <ppm>', 'ceiling of what server and model owner may take'],
  ['--challenge-seconds <s>', 'in which a proposed root can be challenged'],
  ['--closing-seconds <s>', 'from an epoch’s freeze to its closing, at most'],
  ['--recovery-seconds <s>', 'until a payee’s lost key is replaced'],
  ['--cooldown-seconds <s>', 'from asking a stake back to its withdrawal'],
  ['--timelock-seconds <s>', 'from queueing a decision to its execution'],
  ['--voting-delay-seconds <s>', 'from a proposal to its vote'],
  ['--voting-period-seconds <s>', 'length of a vote'],
  ['--proposal-threshold-wei <wei>', 'votes that it takes to propose'],
  ['--quorum-percent <n>', 'of the supply that has to vote'],
  ['--operator <address...>', 'who proposes roots, closes epochs and registers'],
  ['--pauser <address...>', 'who may pause posts'],
  ['--steward <address...>', 'who binds payees'],
  ['--resolver <address...>', 'who decides disputes'],
] as const
