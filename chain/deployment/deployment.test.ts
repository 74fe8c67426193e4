import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getContractAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, type Address, type Ppm } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { readBalance } from '../actions/readBalance.ts'
import type { Anvil } from '../anvil/spawnAnvil.ts'
import { startAnvil } from '../anvil/startAnvil.ts'
import { createClients } from '../client/createClients.ts'
import { openChain } from '../client/openChain.ts'
import { loadOrCreateKeys, type Keys } from '../keys/loadOrCreateKeys.ts'
import { testGenesis } from '../testChain.ts'
import { deployContracts } from './deployContracts.ts'
import { contractNames, type DeploymentFile } from './deployment.ts'
import { readRoles } from './roles.ts'

let anvil: Anvil
const folders: string[] = []
beforeAll(async () => {
  anvil = await startAnvil()
})
afterAll(async () => {
  await anvil.stop('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

type Home = { file: string; keys: Keys; rpcUrl: string; genesis: typeof testGenesis }

function newHome(): Home {
  const home = mkdtempSync(join(tmpdir(), 'tributary-deploy-'))
  folders.push(home)
  const file = join(home, 'deployment.json')
  return { file, keys: loadOrCreateKeys(home), rpcUrl: anvil.url, genesis: testGenesis }
}

const nonceOf = async (keys: Keys) =>
  createClients({ rpcUrl: anvil.url, chainId: 31337, account: keys.operator }).reader.getTransactionCount({
    address: keys.operator.address,
  })

const stored = (home: Home) => JSON.parse(readFileSync(home.file, 'utf8')) as DeploymentFile

/** A node that is gone does not come back in these tests. */
const sending = { giveUpAfterMs: 1_000 }

/** Anvil behind a proxy that takes so many transactions, then fails: before the next one is sent, or after it was. */
async function cutAfter(
  sends: number,
  where: 'before' | 'after',
  work: (rpcUrl: string) => Promise<unknown>,
): Promise<void> {
  let left = sends
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const body = Buffer.concat(chunks).toString()
      const isSend = body.includes('eth_sendRawTransaction')
      const isCut = left === 0 && isSend
      if (left < 0 || (isCut && where === 'before')) return response.destroy()
      const answer = await fetch(anvil.url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
      const text = await answer.text()
      if (isSend) left--
      if (isCut) return response.destroy()
      return response.setHeader('content-type', 'application/json').end(text)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

describe('deployContracts', () => {
  test('deploys 13 contracts in 13 transactions, gives the deployer supply and votes, and a second call sends nothing', async () => {
    const home = newHome()
    const deployment = await deployContracts({ ...home, supplyWei: (10n ** 24n).toString() })
    const again = await deployContracts(home)
    const chain = await openChain({ ...home, deployment })

    expect(new Set(Object.values(deployment.contracts)).size).toBe(13)
    expect(again).toEqual(deployment)
    expect(await nonceOf(home.keys)).toBe(13)
    const deployer = home.keys.operator.address as Address
    expect(await readBalance(chain, deployer)).toBe(10n ** 24n)
    const token = { address: chain.contracts.openToken, abi: openToken.abi }
    expect(await chain.reader.readContract({ ...token, functionName: 'getVotes', args: [deployer] })).toBe(10n ** 24n)
  })

  test('leaves the timelock as the only admin, the governor as its only proposer, and roles as they were asked for', async () => {
    const home = newHome()
    const others = [1, 2].map((i) => `0x${`${i}`.repeat(40)}` as Address)
    const deployment = await deployContracts({ ...home, roles: { operators: others, resolvers: [] } })
    const { reader } = await openChain({ ...home, deployment })
    const { contracts } = deployment
    const [operator, steward] = [home.keys.operator, home.keys.steward].map((key) => key.address.toLowerCase())
    const held = await readRoles({ reader, contracts })

    const admins = held.filter(({ role }) => role === 'DEFAULT_ADMIN_ROLE')
    expect(admins.map(({ holders }) => holders)).toEqual(Array.from({ length: 8 }, () => [contracts.openTimelock]))
    expect(held.filter(({ role }) => role !== 'DEFAULT_ADMIN_ROLE')).toEqual([
      { contract: 'openTimelock', role: 'PROPOSER_ROLE', holders: [contracts.openGovernor] },
      { contract: 'openTimelock', role: 'CANCELLER_ROLE', holders: [contracts.openGovernor] },
      { contract: 'openTimelock', role: 'EXECUTOR_ROLE', holders: [`0x${'0'.repeat(40)}`] },
      { contract: 'datanetRegistry', role: 'OPERATOR_ROLE', holders: others },
      { contract: 'modelRegistry', role: 'OPERATOR_ROLE', holders: others },
      { contract: 'payeeEscrow', role: 'STEWARD_ROLE', holders: [operator, steward] },
      { contract: 'rewardVault', role: 'OPERATOR_ROLE', holders: others },
      { contract: 'rewardVault', role: 'PAUSER_ROLE', holders: [operator] },
      { contract: 'rewardVault', role: 'DISPUTES_ROLE', holders: [contracts.disputes] },
      { contract: 'feeEscrow', role: 'OPERATOR_ROLE', holders: others },
      { contract: 'staking', role: 'DISPUTES_ROLE', holders: [contracts.disputes] },
      { contract: 'disputes', role: 'RESOLVER_ROLE', holders: [] },
    ])
  })

  test('cut at any of its 13 transactions, before it is sent or after, ends at the addresses it had planned', async () => {
    for (let sends = 0; sends < 13; sends++) {
      const home = newHome()
      const where = sends % 2 === 0 ? 'before' : 'after'
      await cutAfter(sends, where, async (rpcUrl) => {
        await expect(deployContracts({ ...home, rpcUrl, sending })).rejects.toMatchObject({ retry: true })
      })
      const planned = stored(home).steps
      expect(planned.map(({ contract }) => contract)).toEqual([...contractNames])
      const finished = await deployContracts(home)
      expect(finished.steps.map(({ address }) => address)).toEqual(planned.map(({ address }) => address))
      expect(await nonceOf(home.keys)).toBe(13)
    }
  }, 120_000)

  test('goes no further where the deployer has sent something else between', async () => {
    const home = newHome()
    await cutAfter(4, 'before', (rpcUrl) => deployContracts({ ...home, rpcUrl, sending }).catch(() => {}))
    const account = home.keys.operator
    const { reader, writer } = createClients({ rpcUrl: anvil.url, chainId: 31337, account })
    await reader.waitForTransactionReceipt({ hash: await writer.sendTransaction({ to: account.address, value: 1n }) })
    await expect(deployContracts(home)).rejects.toMatchObject({
      code: 'chain/nonce-used',
      facts: { contract: contractNames[4], nonce: 4, next: 5 },
    })
  })

  test('of another is read by whoever has its record, and not finished by them', async () => {
    const home = newHome()
    await cutAfter(2, 'before', (rpcUrl) => deployContracts({ ...home, rpcUrl, sending }).catch(() => {}))
    const stranger = { ...newHome(), file: home.file }
    await expect(deployContracts(stranger)).rejects.toMatchObject({
      code: 'chain/deployment-incomplete',
      facts: { missing: stored(home).steps.flatMap(({ contract, tx }) => (tx === undefined ? [contract] : [])) },
    })
    const finished = await deployContracts(home)
    expect(await deployContracts(stranger)).toEqual(finished)
  })

  test('refuses a record that is no JSON, or of contracts that had other owners, and leaves it as it is', async () => {
    const home = newHome()
    for (const [text, code] of [
      ['{"v":1', 'chain/deployment-unreadable'],
      ['{"v":1}', 'chain/deployment-differs'],
      ['{"v":2}', 'chain/deployment-unreadable'],
    ] as const) {
      writeFileSync(home.file, text)
      await expect(deployContracts(home)).rejects.toMatchObject({ code })
      expect(readFileSync(home.file, 'utf8')).toBe(text)
    }
  })
})

describe('openChain', () => {
  test('refuses contracts that are gone, that are other ones, or that were built with other values', async () => {
    const home = newHome()
    const deployment = await deployContracts(home)
    const { contracts, parameters } = deployment
    const gone = `0x${'55'.repeat(20)}` as Address
    const open = (change: Partial<typeof deployment>) =>
      openChain({ ...home, deployment: { ...deployment, ...change } })
    const built = (change: Partial<typeof parameters>) => open({ parameters: { ...parameters, ...change } })
    const { bond, disputes, genesis } = parameters

    await expect(open({ contracts: { ...contracts, feeEscrow: gone } })).rejects.toMatchObject({
      code: 'chain/deployment-lost',
      facts: { contract: 'feeEscrow' },
    })
    await expect(open({ contracts: { ...contracts, feeEscrow: contracts.openToken } })).rejects.toMatchObject({
      code: 'chain/deployment-differs',
      facts: { contract: 'feeEscrow', field: 'code' },
    })
    const second = await deployContracts({ ...home, file: `${home.file}.second` })
    await expect(
      open({ contracts: { ...contracts, openTimelock: second.contracts.openTimelock } }),
    ).rejects.toMatchObject({
      code: 'chain/deployment-differs',
      facts: {
        contract: 'openGovernor',
        field: 'timelock',
        found: expect.stringMatching(new RegExp(contracts.openTimelock, 'i')),
      },
    })
    for (const [change, facts] of [
      [{ challengeSeconds: 2 }, { contract: 'rewardVault', field: 'challengeSeconds' }],
      [{ maxOperatorPpm: 1 as Ppm }, { contract: 'ruleRegistry', field: 'maxOperatorPpm' }],
      [{ cooldownSeconds: 99 }, { contract: 'staking', field: 'cooldownSeconds' }],
      [{ bond: { ...bond, finderPpm: 1 as Ppm } }, { contract: 'retrainBond', field: 'finderPpm' }],
      [{ disputes: { ...disputes, slashPpm: 1 as Ppm } }, { contract: 'disputes', field: 'slashPpm' }],
      [{ genesis: { ...genesis, serverPpm: 1 as Ppm } }, { contract: 'ruleRegistry', field: 'serverPpm' }],
      [{ genesis: { ...genesis, engine: digestText('x') } }, { contract: 'ruleRegistry', field: 'engine' }],
    ] as const) {
      await expect(built(change)).rejects.toMatchObject({ code: 'chain/deployment-differs', facts })
    }
    await expect(open({ chainId: 1 })).rejects.toMatchObject({ code: 'chain/other-chain' })
    expect(getContractAddress({ from: home.keys.operator.address, nonce: 0n }).toLowerCase()).toBe(contracts.openToken)
  })

  test('says that nothing answers, and that it can be tried again', async () => {
    const { untilChainAnswers } = await import('../anvil/untilChainAnswers.ts')
    await expect(untilChainAnswers('http://127.0.0.1:9', 200)).rejects.toMatchObject({
      code: 'chain/unreachable',
      retry: true,
    })
  })
})
