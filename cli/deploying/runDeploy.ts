import { join } from 'node:path'
import {
  chainSettings,
  deployFinal,
  loadOrCreateKeys,
  planDeployment,
  type Deployment,
  type DeploymentPlan,
} from '../../chain/index.ts'
import { defaultRevenueRule } from '../../attribution/index.ts'
import { openHome } from '../../store/index.ts'
import { genesisOf } from '../../tools/index.ts'
import { pc } from '../colours.ts'
import { confirmDeploy, type Terminal } from './confirmDeploy.ts'
import { big, drawPlan } from './drawPlan.ts'
import { readParameters, type ParameterOptions } from './readParameters.ts'

export type DeployRun = ParameterOptions & {
  rpcUrl: string
  home: string
  width: number
  plan?: boolean
  yes?: boolean
  say: (line: string) => void
  terminal?: Terminal
}
type Deployed = { isDeployed: boolean; json: string }

/**
 * Plans, shows, asks, deploys and reads back, with the home's operator as the deployer. Holds the home meanwhile.
 * Throws cli/not-confirmed, cli/usage, home/locked, and what planDeployment and deployFinal throw.
 */
export async function runDeploy(run: DeployRun): Promise<Deployed> {
  const { rpcUrl, home: dir, say, width } = run
  const home = await openHome(dir)
  try {
    const keys = loadOrCreateKeys(home.dir)
    const file = join(home.dir, 'deployment.json')
    const genesis = genesisOf(defaultRevenueRule)
    const { sending, ...settings } = chainSettings(process.env)
    const options = {
      rpcUrl,
      keys,
      file,
      genesis,
      ...readParameters(run),
      ...(sending ? { sending } : {}),
      ...settings,
    }
    const plan = await planDeployment(options)
    say(drawPlan(plan, width))
    if (run.plan) return { isDeployed: false, json: toJson({ plan }) }
    if (!run.yes) await confirmDeploy(plan.chainId, run.terminal)

    const checks: string[] = []
    const deployment = await deployFinal({
      ...options,
      onStep: ({ contract, address }) => say(`${contract.padEnd(16)} ${address}`),
      passed: (contract, what, found) => {
        checks.push(`${contract}.${what}`)
        say(`${pc.green('PASS')}  ${contract.padEnd(16)} ${what.padEnd(22)} ${found}`)
      },
    })
    say(`${checks.length} of ${checks.length} checks pass`)
    return { isDeployed: true, json: toJson({ plan, deployment, checks }) }
  } finally {
    home.release()
  }
}

function toJson(value: { plan: DeploymentPlan; deployment?: Deployment; checks?: string[] }): string {
  return JSON.stringify(value, (_, inner: unknown) => big(inner))
}
