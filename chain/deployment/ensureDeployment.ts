import { TributaryError } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import { deployContracts, isFinished, type DeployOptions } from './deployContracts.ts'
import type { Deployment } from './deployment.ts'
import { readDeployment } from './readDeployment.ts'

/**
 * The deployment of a home, read back. On a local chain what is missing is deployed; on any other that costs money and can't be
 * undone, so a person does it. Throws chain/not-deployed, and what `deployContracts` throws.
 */
export async function ensureDeployment(options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, file } = options
  const chainId = await untilChainAnswers(rpcUrl)
  const found = readDeployment(file)
  if (chainId !== localChainId && (found === undefined || !isFinished(found))) {
    throw new TributaryError('Nothing is deployed on this chain for this home, or not all of it.', {
      code: 'chain/not-deployed',
      facts: { chainId, rpcHost: new URL(rpcUrl).host, file, isBegun: found !== undefined },
      tryThis:
        'look at `tributary deploy --plan`, then run `tributary deploy`; or copy the deployment.json of another’s',
    })
  }
  return deployContracts(options)
}
