import { encodeFunctionData, getAbiItem, type AbiEvent } from 'viem'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import { bringToPresent } from '../actions/bringToPresent.ts'
import { untilChainTime } from '../actions/untilChainTime.ts'
import type { Chain } from '../client/openChain.ts'
import { logMissing } from '../client/findTransaction.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { governorLogs } from './governorLogs.ts'
import { proposalArguments } from './proposalId.ts'
import { readProposal, type ProposalOnChain, type ProposalState } from './readProposal.ts'

const { abi } = openGovernor

/**
 * Puts a proposal that was voted for into the timelock, once; anybody may. Throws chain/proposal-state while it is voted on and
 * where it was not passed, chain/no-proposal, and what `sendOnce` throws.
 */
export async function queueProposal(chain: Chain, id: Digest): Promise<Sent> {
  await bringToPresent(chain)
  const { calls, description, state } = await readProposal(chain, id)
  refuseOther(id, 'queued', state, ['succeeded', 'queued', 'executed'])
  return sendOnce(chain, {
    action: `queueing ${id.slice(0, 10)}`,
    to: chain.contracts.openGovernor,
    abi,
    data: encodeFunctionData({ abi, functionName: 'queue', args: proposalArguments({ calls, description }) }),
    done: () => inState(chain, id, ['queued', 'executed'], getAbiItem({ abi, name: 'ProposalQueued' })),
  })
}

/**
 * Executes a queued proposal, once; anybody may. Where the timelock is over within five seconds, they are waited for.
 * Throws chain/proposal-state, chain/timelock-waiting with the time at which to come back, chain/reverted with what a call of it
 * came to, and what `sendOnce` throws.
 */
export async function executeProposal(chain: Chain, id: Digest): Promise<Sent> {
  const { calls, description, state, readyAt, now } = await readProposal(chain, id)
  refuseOther(id, 'executed', state, ['queued', 'executed'])
  if (state === 'queued') await untilReady(chain, id, { readyAt, now })
  return sendOnce(chain, {
    action: `executing ${id.slice(0, 10)}`,
    to: chain.contracts.openGovernor,
    abi,
    data: encodeFunctionData({ abi, functionName: 'execute', args: proposalArguments({ calls, description }) }),
    done: () => inState(chain, id, ['executed'], getAbiItem({ abi, name: 'ProposalExecuted' })),
  })
}

async function untilReady(chain: Chain, id: Digest, { readyAt, now }: Pick<ProposalOnChain, 'readyAt' | 'now'>) {
  const late = readyAt - Math.max(now, Math.floor(Date.now() / 1_000))
  if (late <= 5) return untilChainTime(chain, readyAt)
  throw new TributaryError('The timelock is not over yet.', {
    code: 'chain/timelock-waiting',
    facts: { proposal: id, readyAt, leftSeconds: late },
    tryThis: 'come back then; tributary govern follow waits and executes',
  })
}

async function inState(chain: Chain, id: Digest, states: readonly ProposalState[], event: AbiEvent) {
  const { state } = await readProposal(chain, id)
  if (!states.includes(state)) return undefined
  const logs = await governorLogs(chain, event)
  const found = logs.find(({ args }) => (args as { proposalId?: bigint }).proposalId === BigInt(id))
  if (!found) throw logMissing({ address: chain.contracts.openGovernor, event })
  return { tx: found.transactionHash, block: Number(found.blockNumber) }
}

function refuseOther(proposal: Digest, to: string, state: ProposalState, fitting: readonly ProposalState[]): void {
  if (fitting.includes(state)) return
  throw new TributaryError(`A proposal that is ${state} is not ${to}.`, {
    code: 'chain/proposal-state',
    facts: { proposal, state },
    tryThis: hints[state],
  })
}

const hints: Record<ProposalState, string> = {
  pending: 'voting has not begun: wait until the time that tributary govern status shows',
  active: 'it is voted on: wait until the time that tributary govern status shows',
  canceled: 'it was cancelled: make it again',
  defeated: 'it was voted down, or too few voted: another one needs another text or other calls',
  succeeded: 'queue it first: tributary govern queue',
  queued: 'it waits in the timelock: tributary govern execute',
  expired: 'it was not executed in time: make it again',
  executed: 'it is done',
}
