import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createPublicClient, http, type Address } from 'viem'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { loadOrCreateKeys, startAnvil, type Anvil, type DeploymentPlan } from '../../chain/index.ts'
import { runDeploy, type DeployRun } from './runDeploy.ts'

const chainId = 84532
let anvil: Anvil
const rpc = (method: string, ...params: unknown[]) =>
  createPublicClient({ transport: http(anvil.url) }).request<{
    Method: string
    Parameters: unknown[]
    ReturnType: unknown
  }>({ method, params })
beforeAll(async () => {
  // A stand-in for a public chain: another id, and blocks that come by themselves.
  anvil = await startAnvil({ chainId, blockTime: 1 })
})
afterAll(() => anvil.stop('SIGKILL'))

let home: string
let deployer: Address
let lines: string[]
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'tributary-deploy-'))
  deployer = loadOrCreateKeys(home).operator.address
  lines = []
  await rpc('anvil_setBalance', deployer, `0x${(10n ** 19n).toString(16)}`)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const nonce = async () => Number(await rpc('eth_getTransactionCount', deployer, 'latest'))
const file = () => join(home, 'deployment.json')
const run = (how: Partial<DeployRun>) =>
  runDeploy({ rpcUrl: anvil.url, home, width: 160, say: (line) => void lines.push(line), ...how })
/** As it is printed: amounts are decimal strings there. */
type WrittenPlan = Omit<DeploymentPlan, 'gas' | 'costWei' | 'feePerGasWei'> &
  Record<'gas' | 'costWei' | 'feePerGasWei', string>
const planOf = async (how: Partial<DeployRun> = {}) =>
  (JSON.parse((await run({ plan: true, ...how })).json) as { plan: WrittenPlan }).plan

describe('a plan', () => {
  test('names chain, host, deployer, 13 contracts with address, arguments and cost, parameters and roles, and sends nothing', async () => {
    const plan = await planOf({ maxTreasuryPpm: '200000', timelockSeconds: '3600', operator: [`0x${'C1'.repeat(20)}`] })
    expect(plan).toMatchObject({
      chainId,
      rpcHost: new URL(anvil.url).host,
      deployer: deployer.toLowerCase(),
      balanceWei: (10n ** 19n).toString(),
      parameters: { maxTreasuryPpm: 200_000, governance: { timelockSeconds: 3_600 } },
    })
    expect(plan.contracts).toHaveLength(13)
    expect(plan.contracts.map(({ gasFrom }) => gasFrom)).toEqual(Array<string>(13).fill('run'))
    const vault = plan.contracts.find(({ contract }) => contract === 'rewardVault')!
    expect(Object.values(vault.arguments)).toContainEqual([expect.stringMatching(/^0xc1/i)])
    expect(BigInt(plan.costWei)).toBe(BigInt(plan.gas) * BigInt(plan.feePerGasWei))
    const operators = plan.roles.filter(({ role }) => role === 'OPERATOR_ROLE')
    expect(new Set(operators.flatMap(({ holders }) => holders))).toEqual(new Set([`0x${'c1'.repeat(20)}`]))
    const text = lines.join('\n')
    for (const { contract, address } of plan.contracts) expect(text).toMatch(new RegExp(`${contract} +${address}`))
    expect(text).toContain('maxTreasuryPpm')
    expect([await nonce(), existsSync(file())]).toEqual([0, false])
  })

  test('takes parameters from a file, flags win, and a wrong field is named', async () => {
    const from = join(home, 'parameters.json')
    writeFileSync(
      from,
      JSON.stringify({ maxTreasuryPpm: 100_000, challengeSeconds: 7_200, governance: { quorumPercent: 10 } }),
    )
    const { parameters } = await planOf({ parameters: from, challengeSeconds: '60', votingPeriodSeconds: '900' })
    expect(parameters).toMatchObject({
      maxTreasuryPpm: 100_000,
      challengeSeconds: 60,
      governance: { quorumPercent: 10, votingPeriodSeconds: 900 },
    })
    writeFileSync(from, JSON.stringify({ treasury: 1 }))
    await expect(planOf({ parameters: from })).rejects.toMatchObject({ code: 'cli/usage', facts: { where: from } })
    await expect(planOf({ maxTreasuryPpm: '2000000' })).rejects.toMatchObject({
      code: 'cli/usage',
      facts: { reason: expect.stringContaining('maxTreasuryPpm') },
    })
  })
})

describe('a confirmation', () => {
  /** A terminal at which somebody types. */
  const typing = (text: string) => {
    const input = Object.assign(new PassThrough(), { isTTY: true })
    input.end(`${text}\n`)
    return { input, output: new PassThrough() }
  }

  test('is the chain’s id; anything else, and nobody at the terminal, sends nothing', async () => {
    const code = { code: 'cli/not-confirmed' }
    await expect(run({ terminal: typing('yes') })).rejects.toMatchObject(code)
    await expect(run({ terminal: { input: new PassThrough(), output: new PassThrough() } })).rejects.toMatchObject(code)
    expect([await nonce(), existsSync(file())]).toEqual([0, false])
  })
})

test(
  'killed between steps again and again, it ends at the planned addresses with 13 transactions, reads all back, and a second run sends nothing',
  { timeout: 240_000 },
  async () => {
    const plan = await planOf()
    const main = fileURLToPath(new URL('../main.ts', import.meta.url))
    const env = { ...process.env, TRIBUTARY_HOME: home, CHAIN_CONFIRMATIONS: '3', NODE_NO_WARNINGS: '1' }
    let kills = 0
    for (let done = 0; done < 9;) {
      const child = spawn(process.execPath, [main, 'deploy', '--rpc', anvil.url, '--yes'], { env, stdio: 'ignore' })
      const exited = once(child, 'exit')
      const sent = () => (existsSync(file()) ? readFileSync(file(), 'utf8').split('"tx"').length - 1 : 0)
      const before = done
      while (child.exitCode === null && (done = sent()) < before + 3) await sleep(20)
      child.kill('SIGKILL')
      await exited
      kills++
    }
    expect(kills).toBe(3)
    process.env['CHAIN_CONFIRMATIONS'] = '3'
    try {
      const { json } = await run({ yes: true })
      const { deployment, checks } = JSON.parse(json) as {
        deployment: { contracts: Record<string, string> }
        checks: string[]
      }
      expect(deployment.contracts).toEqual(Object.fromEntries(plan.contracts.map((one) => [one.contract, one.address])))
      expect(await nonce()).toBe(13)
      expect(checks.length).toBeGreaterThan(60)
      expect(lines.filter((line) => line.includes('PASS'))).toHaveLength(checks.length)
      await run({ yes: true })
      expect(await nonce()).toBe(13)
      expect((await planOf()).gas).toBe('0')
    } finally {
      delete process.env['CHAIN_CONFIRMATIONS']
    }
  },
)
