import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError } from 'commander'
import { TributaryError } from '../kernel/index.ts'
import { definitions } from '../tools/definitions.ts'
import { toolCommands } from '../tools/faces/cli.ts'
import { version } from '../tools/version.ts'
import { callServer } from './callServer.ts'
import { agentCommand } from './commands/agent.ts'
import { approvalsCommand } from './commands/approvals.ts'
import { askCommand } from './commands/ask.ts'
import { auditCommand } from './commands/audit.ts'
import { budgetCommand } from './commands/budget.ts'
import { claimCommand } from './commands/claim.ts'
import { datanetCommand } from './commands/datanet.ts'
import { deployCommand } from './commands/deploy.ts'
import { doctorCommand } from './commands/doctor.ts'
import { epochCommand } from './commands/epoch.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { explainCommand } from './commands/explain.ts'
import { governCommand } from './commands/govern.ts'
import { gpuCommand } from './commands/gpu.ts'
import { mcpCommand } from './commands/mcp.ts'
import { modelCommand } from './commands/model.ts'
import { recipeCommand } from './commands/recipe.ts'
import { reviewsCommand } from './commands/reviews.ts'
import { ruleCommand } from './commands/rule.ts'
import { startCommand } from './commands/start.ts'
import { statementCommand } from './commands/statement.ts'
import { statusCommand } from './commands/status.ts'
import { traceCommand } from './commands/trace.ts'
import { traceTextCommand } from './commands/traceText.ts'
import { trainCommand } from './commands/train.ts'
import { verifyCommand } from './commands/verify.ts'
import { verifyProofCommand } from './commands/verifyProof.ts'

const commands = [
  statusCommand,
  auditCommand,
  statementCommand,
  epochCommand,
  claimCommand,
  evaluateCommand,
  explainCommand,
  ruleCommand,
  agentCommand,
  recipeCommand,
  governCommand,
  datanetCommand,
  modelCommand,
  trainCommand,
  verifyCommand,
  verifyProofCommand,
  gpuCommand,
  askCommand,
  traceCommand,
  traceTextCommand,
  approvalsCommand,
  reviewsCommand,
  budgetCommand,
  deployCommand,
  doctorCommand,
  mcpCommand,
]

// Shell completion loads this file at every key: what is heavy is imported by the action that needs it.

/** The whole command line. `run` throws coded errors only for what the user did or met; help and completion just print. */
export function createProgram(print: (line: string) => void): { run: (args: readonly string[]) => Promise<void> } {
  const program = new Command('tributary')
    .description('Payable AI: durable agents that pay the data they learned from.')
    .version(version)
    .addCommand(startCommand(print), { isDefault: true })
  for (const command of commands) program.addCommand(command(print))
  const tools = new Command('tools').description('Call any tool by its name; flags are derived from its schema.')
  for (const command of toolCommands(Object.values(definitions), callServer, print)) tools.addCommand(command)
  program.addCommand(tools)
  tab(program, { completionCommandName: 'completion' })
  visit(program, (command) => {
    command.exitOverride().configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: () => undefined })
  })
  return {
    async run(args) {
      refuseUnknown(program, args)
      try {
        await program.parseAsync(args, { from: 'user' })
      } catch (failure) {
        if (!(failure instanceof CommanderError)) throw failure
        if (failure.exitCode !== 0) throw usage(failure)
      }
    },
  }
}

function visit(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const inner of command.commands) visit(inner, change)
}

/** `start` is what runs without a command, so commander would take a misspelt command for its argument. */
function refuseUnknown(program: Command, [first]: readonly string[]): void {
  if (first === undefined || first.startsWith('-') || first === 'help') return
  const known = program.commands.map((command) => command.name())
  if (known.includes(first)) return
  throw new TributaryError(`There is no command ${first.slice(0, 80)}.`, {
    code: 'cli/usage',
    facts: { known },
    tryThis: 'tributary --help',
  })
}

function usage({ message }: CommanderError): TributaryError {
  const said = message.replace(/^error: /, '')
  return new TributaryError(`${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?)]$/.test(said) ? '' : '.'}`, {
    code: 'cli/usage',
    tryThis: 'add --help to the command to see its arguments and flags',
  })
}
