import { findError } from '../../kernel/index.ts'
import { createClients } from '../client/createClients.ts'
import { defaultConfirmations, defaultSendPolicy } from '../client/sendPolicy.ts'
import { untilBlock } from '../client/untilFinal.ts'
import { checkDeployment, type Passed } from './checkDeployment.ts'
import { deployContracts, type DeployOptions } from './deployContracts.ts'
import type { Deployment, DeploymentFile } from './deployment.ts'
import { readDeployment, writeDeployment } from './readDeployment.ts'

/**
 * Deploys, waits until the last contract is as deep in the chain as it takes to be final, and reads all of it back. What a
 * reorganisation took, before or after the record was finished, is sent again with its own nonces, so at the same addresses.
 * Throws what `deployContracts` throws.
 */
export async function deployFinal(
  options: DeployOptions & { confirmations?: number; passed?: Passed },
): Promise<Deployment> {
  const { rpcUrl, keys, file, pollingMs, passed } = options
  for (;;) {
    try {
      const deployment = await deployContracts(options)
      const { chainId, steps } = deployment
      const { reader } = createClients({ rpcUrl, chainId, account: keys.operator, pollingMs })
      const sending = { ...defaultSendPolicy(chainId), ...options.sending }
      const depth = options.confirmations ?? defaultConfirmations(chainId)
      const last = Math.max(deployment.fromBlock, ...steps.map(({ block = 0 }) => block))
      await untilBlock({ reader, sending }, BigInt(last + depth))
      await checkDeployment(reader, deployment, { fresh: true, ...(passed ? { passed } : {}) })
      if (depth === 0) return deployment
      // Logs are searched from the first block: one that moved may be in an earlier one than was recorded.
      const first = steps[0]?.block
      const fromBlock = first === undefined ? deployment.fromBlock : Math.max(0, first - depth)
      const settled = { ...deployment, fromBlock }
      writeDeployment(file, settled)
      return settled
    } catch (error) {
      const code = findError(error)?.code
      if (code !== 'chain/gap' && code !== 'chain/deployment-lost') throw error
      reopen(file)
    }
  }
}

/** Back to one of which some was sent: each contract is looked for again, and those that are gone are sent. */
function reopen(file: string): void {
  const { contracts: _, fromBlock: __, ...record } = readDeployment(file) as DeploymentFile
  writeDeployment(file, record)
}
