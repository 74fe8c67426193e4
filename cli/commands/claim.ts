import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { TributaryError } from '../../kernel/index.ts'
import { claim } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { formatWei } from '../formatWei.ts'

type Options = { from?: string; rpc?: string; vault?: string; key?: string; json?: boolean }

export const claimCommand = (print: (line: string) => void): Command =>
  new Command('claim')
    .description(
      'Claim final rewards for any payees, all of them unless some are named. The money goes to the payee alone, whoever claims; what has been claimed is passed over. With --from no Tributary server is asked.',
    )
    .argument('[payees...]', 'addresses, or names such as npm:zod')
    .option('--from <file or URL>', 'index of a published epoch, or a file of claim_proof')
    .option('--rpc <url>', 'with --from: address of the chain; CHAIN_RPC_URL unless given')
    .option('--vault <address>', 'with --from: the RewardVault that you trust; that of the file unless given')
    .option('--key <file>', 'with --from: key of the account that pays for the gas')
    .option('--json', 'print what moved as JSON')
    .action(async (payees: string[], options: Options) => {
      const { from, json } = options
      const moved = from === undefined ? await byServer(payees) : await byFile(from, payees, options)
      if (json) return print(JSON.stringify(moved))
      print(
        moved.transactions.length === 0
          ? 'nothing moved: it was claimed before'
          : `${formatWei(BigInt(moved.movedWei))} moved in ${moved.transactions.length} transactions`,
      )
      for (const tx of moved.transactions) print(`  ${tx}`)
    })

async function byServer(payees: readonly string[]): Promise<{ movedWei: string; transactions: string[] }> {
  const asked = payees.length === 0 ? {} : { payees }
  const { movedWei = '0', transactions } = await callServerFor(claim, asked, randomUUID())
  return { movedWei, transactions }
}

async function byFile(
  from: string,
  payees: readonly string[],
  { rpc = process.env['CHAIN_RPC_URL'], vault, key }: Options,
): Promise<{ movedWei: string; transactions: string[] }> {
  if (rpc === undefined || key === undefined)
    throw new TributaryError('To claim from a file, the chain and a key that pays for the gas are needed.', {
      code: 'cli/usage',
      facts: { hasRpc: rpc !== undefined, hasKey: key !== undefined },
      tryThis: 'add --rpc <url> (or set CHAIN_RPC_URL) and --key <file>',
    })
  const { claimFrom } = await import('../claiming/claimFrom.ts')
  const { movedWei, transactions } = await claimFrom({
    from,
    payees,
    rpc,
    keyFile: key,
    ...(vault === undefined ? {} : { vault }),
  })
  return { movedWei: movedWei.toString(), transactions }
}
