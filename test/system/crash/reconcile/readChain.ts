import { createPublicClient, http, keccak256, pad, parseAbi, stringToBytes, type Address, type Hex } from 'viem'
import type { Contracts } from '../../../../chain/index.ts'
import { publishedContracts } from '../../../../chain/deployment/publishedContracts.ts'
import type { Books } from './books.ts'

// Written here again, so that a wrong ABI or a wrong reader of ours can't agree with itself.
const token = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
])
const channelBook = parseAbi(['function channels(bytes32) view returns (uint128 balanceWei, uint128 claimedWei)'])
const vault = parseAbi(['function claimedOf(bytes32) view returns (uint256)'])
const escrow = parseAbi([
  'function treasury() view returns (address)',
  'event Refunded(uint64 indexed epoch, address indexed payer, bytes32 indexed nonce, uint256 amountWei)',
])

/** What the chain alone has on record, by its logs from the first block on and by its balances now. */
export async function readChain(
  rpcUrl: string,
  contracts: Contracts,
  {
    payees,
    payers,
    channels,
  }: { payees: readonly string[]; payers: readonly string[]; channels: ReadonlyMap<string, string> },
): Promise<Books['chain']> {
  const client = createPublicClient({ transport: http(rpcUrl, { timeout: 60_000 }) })
  const at = { address: contracts.openToken, abi: token }
  const all = { fromBlock: 0n, toBlock: 'latest' } as const
  const [transferLogs, used, refundLogs] = await Promise.all([
    client.getContractEvents({ ...at, ...all, eventName: 'Transfer' }),
    client.getContractEvents({ ...at, ...all, eventName: 'AuthorizationUsed' }),
    client.getContractEvents({ address: contracts.feeEscrow, abi: escrow, ...all, eventName: 'Refunded' }),
  ])
  const transfers = transferLogs.map(({ args, transactionHash, logIndex }) => ({
    from: args.from!.toLowerCase(),
    to: args.to!.toLowerCase(),
    wei: args.value!,
    place: `${transactionHash} ${logIndex}`,
  }))
  const byPlace = new Map(transfers.map((transfer) => [transfer.place, transfer]))
  const clients = new Set(payers.map((payer) => payer.toLowerCase()))
  const moved = used.flatMap(({ args, transactionHash, logIndex }) => {
    const payer = args.authorizer!.toLowerCase()
    if (!clients.has(payer)) return []
    // The token writes the use of an authorisation right before the transfer that it allows.
    const { to = 'nowhere', wei = 0n } = byPlace.get(`${transactionHash} ${logIndex + 1}`) ?? {}
    return [{ payer, nonce: args.nonce!.toLowerCase(), to, wei }]
  })
  const authorised = new Set(used.map(({ transactionHash, logIndex }) => `${transactionHash} ${logIndex + 1}`))
  const toEscrow = ({ from, to, place }: (typeof transfers)[number]) =>
    clients.has(from) && to === contracts.feeEscrow.toLowerCase() && !authorised.has(place)
  const otherFees = transfers.filter(toEscrow).map(({ from, wei }) => ({ payer: from, wei }))
  const holders = [...new Set(transfers.flatMap(({ from, to }) => [from, to]))]
  const balances = new Map<string, bigint>()
  for (const holder of holders)
    balances.set(holder, await client.readContract({ ...at, functionName: 'balanceOf', args: [holder as Address] }))
  const claimed = new Map<string, bigint>()
  for (const payee of payees) {
    const args = [keyOf(payee)] as const
    claimed.set(payee, await client.readContract({ address: contracts.rewardVault, abi: vault, functionName: 'claimedOf', args })) // prettier-ignore
  }
  const channelsClaimed = new Map<string, bigint>()
  for (const [id, payer] of channels) {
    const at = { address: publishedContracts.channels, abi: channelBook }
    const [, wei] = await client.readContract({ ...at, functionName: 'channels', args: [id as Hex] })
    channelsClaimed.set(payer, (channelsClaimed.get(payer) ?? 0n) + wei)
  }
  const treasury = await client.readContract({ address: contracts.feeEscrow, abi: escrow, functionName: 'treasury' })
  const lower = (address: string) => address.toLowerCase()
  const pools = (contracts as Record<string, string>)['datanetPools']
  return {
    supplyWei: await client.readContract({ ...at, functionName: 'totalSupply' }),
    transfers,
    balances,
    moved,
    otherFees,
    channels: { claimed: channelsClaimed, holders: Object.values(publishedContracts).map(lower) },
    refunded: refundLogs.map(({ args }) => ({ payer: lower(args.payer!), nonce: lower(args.nonce!), wei: args.amountWei! })), // prettier-ignore
    claimed,
    addresses: {
      feeEscrow: lower(contracts.feeEscrow),
      vault: lower(contracts.rewardVault),
      payeeEscrow: lower(contracts.payeeEscrow),
      treasury: lower(treasury),
      pools: pools === undefined ? undefined : lower(pools),
    },
  }
}

function keyOf(payee: string): Hex {
  return payee.startsWith('0x') ? pad(payee as Hex, { size: 32 }) : keccak256(stringToBytes(payee))
}
