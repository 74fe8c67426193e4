import type { AnvilOptions } from './anvilCommand.ts'
import { recoverAnvil } from './recoverAnvil.ts'
import { spawnAnvil, type Anvil } from './spawnAnvil.ts'

/**
 * Starts an anvil that ends with `stop`, or when this process exits in good order. For tests and short commands;
 * `npm start` has it supervised. What a journal beside the state file holds is made whole first. Returns when it answers.
 */
export async function startAnvil(options: Partial<AnvilOptions> = {}): Promise<Anvil> {
  if (options.stateFile !== undefined) await recoverAnvil(options.stateFile)
  return spawnAnvil(options)
}
