import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { TributaryError } from '../../kernel/index.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { rpc?: string; vault?: string; json?: boolean }

/** Needs the file and an RPC; no home, no server, no database. */
export const verifyProofCommand = (print: (line: string) => void): Command =>
  new Command('verify-proof')
    .description(
      'Check a receipt proof against the evidence root on chain: who signed the answer and its scores, by which rule it is paid, and that the epoch committed to it. Asks no Tributary server.',
    )
    .argument('<file>', 'JSON of prove_receipt')
    .option('--rpc <url>', 'address of the chain; CHAIN_RPC_URL unless given')
    .option('--vault <address>', 'the RewardVault that you trust; that of the file unless given')
    .option('--json', 'print what was found as JSON')
    .action(async (file: string, { rpc = process.env['CHAIN_RPC_URL'], vault, json }: Options) => {
      const { receiptProof, verifyReceiptProof } = await import('../../tools/index.ts')
      const { openReader, readEvidence } = await import('../../chain/index.ts')
      const found = receiptProof.safeParse(await readJson(file))
      if (!found.success) throw noProof(file)
      const { chainId, epoch, vault: named } = found.data
      if (vault !== undefined && vault.toLowerCase() !== named.toLowerCase())
        throw new TributaryError('The proof is of another vault than the one that you trust.', {
          code: 'proof/vault',
          facts: { trusted: vault, named },
          tryThis: 'ask for a proof of the deployment that you trust',
        })
      if (rpc === undefined)
        throw new TributaryError('Nobody said where the chain is.', {
          code: 'cli/usage',
          tryThis: 'add --rpc with the address of the chain, or set CHAIN_RPC_URL',
        })
      const reader = await openReader(rpc, chainId)
      const root = await readEvidence(reader, named, epoch)
      if (root === undefined)
        throw new TributaryError('This vault has no root of that epoch.', {
          code: 'proof/root',
          facts: { vault: named, epoch },
          tryThis: 'name the chain and the vault that the epoch was posted to',
        })
      const { proof, split } = await verifyReceiptProof(found.data, root.evidence)
      if (json) {
        const payees = split?.payees.map(({ payee, wei }) => ({ payee, wei: wei.toString() })) ?? null
        const { id, server, attributor } = proof
        return print(
          JSON.stringify({ verdict: 'PASS', id, epoch, final: root.final, vault: named, server, attributor, payees }),
        )
      }
      const { receipt, server, attributor, attribution } = proof
      print(`${pc.green('PASS')}  epoch ${epoch} committed to this answer on chain ${chainId}, vault ${named}`)
      print(`      answer   ${receipt.model}, ${formatWei(BigInt(receipt.feeWei))}, signed by server ${server}`)
      print(
        `      scores   ${attribution?.method ?? 'of a gated Datanet, not shown'}, signed by attributor ${attributor}`,
      )
      if (attribution?.provenance) print(`      ${pc.yellow(attribution.provenance.label)}`)
      print(`      root     ${root.final ? 'final' : 'proposed, not final yet'}`)
      if (split === null) return
      const rows = split.payees.map(({ payee, wei }) => [payee, formatOpen(wei)])
      print(drawTable([{ head: 'credited' }, { head: TOKEN_SYMBOL, align: 'right' }], rows, terminalWidth()))
    })

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw noProof(file, cause)
  }
}

function noProof(file: string, cause?: unknown): TributaryError {
  return new TributaryError('This file holds no receipt proof.', {
    code: 'proof/unreadable',
    facts: { file },
    tryThis: 'save the output of: tributary tools prove-receipt --receipt <digest>',
    cause,
  })
}
