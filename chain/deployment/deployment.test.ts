import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Address, Ppm } from '../../kernel/index.ts'
import { startAnvil, type Anvil } from '../anvil/startAnvil.ts'
import { createClients } from '../client/createClients.ts'
import { openChain } from '../client/openChain.ts'
import { loadOrCreateKeys, type Keys } from '../keys/loadOrCreateKeys.ts'
import { readBalance } from '../actions/readBalance.ts'
import { deployContracts } from './deployContracts.ts'
import type { DeploymentFile } from './deployment.ts'

let anvil: Anvil
const folders: string[] = []
beforeAll(async () => {
  anvil = await startAnvil()
})
afterAll(async () => {
  await anvil.stop('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newHome(): { file: string; keys: Keys; rpcUrl: string } {
  const home = mkdtempSync(join(tmpdir(), 'tributary-deploy-'))
  folders.push(home)
  return { file: join(home, 'deployment.json'), keys: loadOrCreateKeys(home), rpcUrl: anvil.url }
}

const nonceOf = async (keys: Keys) =>
  createClients({ rpcUrl: anvil.url, chainId: 31337, account: keys.operator }).reader.getTransactionCount({
    address: keys.operator.address,
  })

describe('deployContracts', () => {
  test('deploys 7 contracts in 6 transactions, gives the operator the whole supply, and a second call sends nothing', async () => {
    const home = newHome()
    const deployment = await deployContracts({ ...home, supplyWei: 10n ** 24n })
    const again = await deployContracts(home)
    const chain = await openChain({ ...home, deployment })

    expect(new Set(Object.values(deployment.contracts)).size).toBe(7)
    expect(again).toEqual(deployment)
    expect(await nonceOf(home.keys)).toBe(6)
    expect(await readBalance(chain, home.keys.operator.address as Address)).toBe(10n ** 24n)
  })

  test('cut after any of its 6 transactions, with or without the record of it, ends at the same addresses', async () => {
    const home = newHome()
    const whole = await deployContracts(home)
    for (let done = 0; done < 6; done++) {
      const { contracts: _contracts, fromBlock: _fromBlock, ...unfinished } = whole as DeploymentFile
      // The last step is known by its address only: it was sent, and then the process was killed.
      const steps = whole.steps.slice(0, done + 1).map((step, i) => {
        const { contract, address, nonce } = step
        return i === done ? { contract, address, nonce } : step
      })
      writeFileSync(home.file, JSON.stringify({ ...unfinished, steps }))
      if (done === 5) {
        expect((await deployContracts(home)).contracts).toEqual(whole.contracts)
        continue
      }
      // Later contracts are deployed anew by later nonces; the earlier ones are found.
      const resumed = await deployContracts(home)
      expect(resumed.steps.slice(0, done + 1).map((step) => step.address)).toEqual(steps.map((step) => step.address))
    }
    expect(await nonceOf(home.keys)).toBe(6 + 5 + 4 + 3 + 2 + 1)
  })

  test('was recorded but never sent: the step is sent with the nonce it was given', async () => {
    const home = newHome()
    const whole = await deployContracts(home)
    const fresh = newHome()
    const { contracts: _contracts, fromBlock: _fromBlock, ...rest } = whole
    const { address } = fresh.keys.operator
    const parameters = { ...rest.parameters, operator: address.toLowerCase() as Address }
    const { getContractAddress } = await import('viem')
    const planned = getContractAddress({ from: address, nonce: 0n }).toLowerCase() as Address
    const steps = [{ contract: 'openToken', address: planned, nonce: 0 }]
    writeFileSync(fresh.file, JSON.stringify({ ...rest, parameters, steps }))

    const finished = await deployContracts(fresh)
    expect(finished.contracts.openToken).toBe(planned)
    expect(await nonceOf(fresh.keys)).toBe(6)
  })

  test('adds to a deployment of the time before RetrainBond that contract alone, for its own operator', async () => {
    const home = newHome()
    const whole = await deployContracts(home)
    const { retrainBond: _, ...earlier } = whole.contracts
    const { bond: __, ...parameters } = whole.parameters
    const steps = whole.steps.filter(({ contract }) => contract !== 'retrainBond')
    writeFileSync(home.file, JSON.stringify({ ...whole, contracts: earlier, parameters, steps }))

    await expect(deployContracts({ ...newHome(), file: home.file })).rejects.toMatchObject({
      code: 'chain/deployment-incomplete',
      facts: { missing: ['retrainBond'] },
    })
    const completed = await deployContracts(home)
    expect(completed.contracts).toMatchObject(earlier)
    expect(completed.contracts.retrainBond).not.toBe(whole.contracts.retrainBond)
    expect(completed.parameters).toEqual(whole.parameters)
    expect(await nonceOf(home.keys)).toBe(7)
    expect((await deployContracts({ ...newHome(), file: home.file })).contracts).toEqual(completed.contracts)
  })

  test('refuses a record that is no JSON and leaves it as it is', async () => {
    const home = newHome()
    writeFileSync(home.file, '{"v":1')
    await expect(deployContracts(home)).rejects.toMatchObject({ code: 'chain/deployment-unreadable' })
    expect(readFileSync(home.file, 'utf8')).toBe('{"v":1')
  })
})

describe('openChain', () => {
  test('refuses contracts that are gone, that are other ones, or wired to other parties', async () => {
    const home = newHome()
    const deployment = await deployContracts(home)
    const { contracts, parameters } = deployment
    const gone = `0x${'55'.repeat(20)}` as Address
    const open = (change: Partial<typeof deployment>) =>
      openChain({ ...home, deployment: { ...deployment, ...change } })

    await expect(open({ contracts: { ...contracts, feeEscrow: gone } })).rejects.toMatchObject({
      code: 'chain/deployment-lost',
      facts: { contract: 'feeEscrow' },
    })
    await expect(open({ contracts: { ...contracts, feeEscrow: contracts.openToken } })).rejects.toMatchObject({
      code: 'chain/deployment-differs',
    })
    await expect(open({ parameters: { ...parameters, treasury: gone } })).rejects.toMatchObject({
      code: 'chain/deployment-differs',
      facts: { contract: 'feeEscrow', field: 'treasury' },
    })
    await expect(open({ parameters: { ...parameters, challengeSeconds: 2 } })).rejects.toMatchObject({
      facts: { field: 'challengeSeconds' },
    })
    await expect(
      open({ parameters: { ...parameters, bond: { ...parameters.bond, finderPpm: 1 as Ppm } } }),
    ).rejects.toMatchObject({ facts: { contract: 'retrainBond', field: 'finderPpm' } })
    await expect(open({ chainId: 1 })).rejects.toMatchObject({ code: 'chain/other-chain' })
  })

  test('says that nothing answers, and that it can be tried again', async () => {
    const { untilChainAnswers } = await import('../anvil/untilChainAnswers.ts')
    await expect(untilChainAnswers('http://127.0.0.1:9', 200)).rejects.toMatchObject({
      code: 'chain/unreachable',
      retry: true,
    })
  })
})
