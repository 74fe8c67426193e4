import tab from '@bomb.sh/tab/commander'
import { Command } from 'commander'
import { findError } from '../kernel/index.ts'
import { toolCommands } from '../tools/index.ts'
import { definitions } from '../tools/definitions.ts'
import { callServer } from './callServer.ts'
import { askCommand } from './commands/ask.ts'
import { auditCommand } from './commands/audit.ts'
import { datanetCommand } from './commands/datanet.ts'
import { doctorCommand } from './commands/doctor.ts'
import { explainCommand } from './commands/explain.ts'
import { mcpCommand } from './commands/mcp.ts'
import { modelCommand } from './commands/model.ts'
import { startCommand } from './commands/start.ts'
import { statementCommand } from './commands/statement.ts'
import { statusCommand } from './commands/status.ts'
import { printFailure } from './printFailure.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

const program = new Command('tributary')
  .description('Payable AI: durable agents that pay the data they learned from.')
  .showHelpAfterError()
  .addCommand(startCommand(print), { isDefault: true })
for (const command of [
  statusCommand,
  auditCommand,
  statementCommand,
  explainCommand,
  datanetCommand,
  modelCommand,
  askCommand,
  doctorCommand,
  mcpCommand,
]) {
  program.addCommand(command(print))
}
const tools = new Command('tools').description('Call any tool by its name; flags are derived from its schema.')
for (const command of toolCommands(Object.values(definitions), callServer, print)) tools.addCommand(command)
program.addCommand(tools)
tab(program, { completionCommandName: 'completion' })

try {
  await program.parseAsync()
} catch (failure) {
  printFailure(failure, (line) => process.stderr.write(`${line}\n`))
  // 75 is EX_TEMPFAIL: the same command can succeed later
  process.exitCode = findError(failure)?.retry ? 75 : 1
}
