import type { DeploymentPlan } from '../../chain/index.ts'
import { drawTable } from '../drawTable.ts'
import { pc } from '../colours.ts'

/** A plan for people: where, by whom, what for how much, with which parameters, and who holds which role. */
export function drawPlan(plan: DeploymentPlan, width: number): string {
  const { chainId, rpcHost, deployer, balanceWei, contracts, gas, costWei, feePerGasWei } = plan
  const head = [
    `chain     ${chainId} at ${rpcHost}`,
    `deployer  ${deployer}, with ${coins(balanceWei)} of the chain’s coin`,
    `gas       ${gas}, at most ${coins(costWei)} at ${gwei(feePerGasWei)} gwei`,
    ...(balanceWei < costWei ? [pc.red('          that is more than the deployer has')] : []),
  ]
  const contractTable = drawTable(
    [
      { head: 'contract' },
      { head: 'address' },
      { head: 'nonce', align: 'right' },
      { head: 'gas', align: 'right' },
      { head: 'built with', lines: 8 },
    ],
    contracts.map((one) => [
      one.contract,
      one.address,
      String(one.nonce),
      one.isThere ? 'is there' : `${one.gasFrom === 'bySize' ? '~' : ''}${one.gas}`,
      Object.entries(one.arguments)
        .map(([name, value]) => `${name}=${plain(value)}`)
        .join(' '),
    ]),
    width,
  )
  const parameterTable = drawTable(
    [{ head: 'parameter' }, { head: 'value', lines: 4 }],
    flat(plan.parameters).map(([name, value]) => [name, value]),
    width,
  )
  const roleTable = drawTable(
    [{ head: 'contract' }, { head: 'role' }, { head: 'held by', lines: 4 }],
    plan.roles.map(({ contract, role, holders }) => [contract, role, holders.map(who).join(' ') || 'nobody']),
    width,
  )
  return [...head, '', contractTable, '', parameterTable, '', roleTable].join('\n')

  function who(address: string): string {
    if (/^0x0+$/.test(address)) return 'anybody'
    return contracts.find((one) => one.address === address)?.contract ?? address
  }
}

function flat(value: object, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? flat(inner as object, `${prefix}${name}.`)
      : [[prefix + name, plain(inner)]],
  )
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, (_, inner: unknown) => big(inner))
}

export function big(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

const coins = (wei: bigint) => `${wei / 10n ** 18n}.${String((wei % 10n ** 18n) / 10n ** 12n).padStart(6, '0')}`
const gwei = (wei: bigint) => `${wei / 10n ** 9n}.${String((wei % 10n ** 9n) / 10n ** 6n).padStart(3, '0')}`
