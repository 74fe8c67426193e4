import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { openTributary } from '../../../temporal.config.ts'
import { ensureOpen } from '../../../chain/index.ts'
import type { Address } from '../../../kernel/index.ts'
import { tinyDatanet, trainTinyModel } from '../../../tools/testing/trainTinyModel.ts'
import { operatorTokenOf, tinyHome } from '../harness/tinyHome.ts'
import { approvePermit2 } from './approvePermit2.ts'
import { createBuyer } from './buyer.ts'
import { callTool } from './callTool.ts'
import { drawKills } from './drawKills.ts'
import { fiveParts } from './fiveParts.ts'
import { openJournal } from './journal.ts'
import { keepUp, type KeptUp, type PartName } from './keepUp.ts'
import { startKiller, type Killed } from './killer.ts'
import { readBooks } from './reconcile/readBooks.ts'
import { reconcile } from './reconcile/reconcile.ts'
import { seeded } from './seeded.ts'

export type CrashOptions = {
  requests: number
  clients: number
  killsPerPart: number
  /** Epochs that are closed while everything is killed; one more is closed at the end. */
  epochs: number
  seed: number
  say: (line: string) => void
  /** A fault that is planted on purpose, to see it found. */
  fault?: string | undefined
  limitMs?: number
}

/** Pays, kills, closes and claims as the seed says, then hands over what everybody has on record. */
export async function runCrash(options: CrashOptions) {
  const { requests, clients, killsPerPart, epochs, seed, say, fault, limitMs = 60 * 60_000 } = options
  const until = Date.now() + limitMs
  const home = await tinyHome()
  const isClients = fault === 'forgetful-client'
  const five = await fiveParts(home, { fault: isClients ? undefined : fault })
  const parts = Object.fromEntries(
    Object.values(five.parts).map((part) => [part.name, keepUp(part, five.servers)]),
  ) as Record<PartName, KeptUp>
  const all = Object.values(parts)
  const journals = join(dirname(home.dir), 'journals')
  mkdirSync(journals)
  const close = async () => {
    for (const part of all) await part.stop()
  }
  try {
    await Promise.all(all.map((part) => part.untilUp()))
    say('all five parts are up')
    const accounts = Array.from({ length: clients }, () => privateKeyToAccount(generatePrivateKey()))
    const shop = await prepare(five, accounts, home.dir)
    say('a model is on sale, clients are funded')

    const counts: Record<string, number> = {}
    let answered = 0
    // What is behind us, also by who has left: that may come back at the end only.
    let finished = 0
    const progress = () => finished / requests
    const kills = drawKills({ perPart: killsPerPart, seed })
    const killer = startKiller({ kills, parts, databaseUrl: five.databaseUrl, progress, seed, say }) // prettier-ignore
    const onAnswer = () => {
      answered++
      killer.onAnswer()
      if (answered % 50 === 0) say(`${answered} of ${requests} answered`)
    }
    const buyers = accounts.map((account, i) => {
      const name = `client${i}`
      const journal = openJournal(join(journals, `${name}.jsonl`))
      const random = seeded(seed * 1_000 + i)
      const way = wayOf(i, clients)
      return createBuyer({
        name,
        account,
        shop,
        journal,
        random,
        onAnswer,
        counts,
        way,
        chain: shop.chain,
        forgetful: isClients,
      })
    })
    let asked = 0
    const began = Date.now()
    // With a fault a payment may never come to its end, and an epoch neither: then clients give up, and the books are read.
    const patientUntil = fault === undefined ? until : began + 120_000
    const unlessPlanted = (failure: unknown) => {
      if (fault === undefined) throw failure
      return { failed: String(failure) }
    }
    const shopFor = async (buyer: (typeof buyers)[number]): Promise<void> => {
      while (asked < requests) {
        const i = asked++
        // Requests and kills go side by side, whatever the machine can do.
        while (kills.length > 0 && i / requests > (killer.behind() + 1.5) / kills.length) await sleep(50)
        await buyer.ask(i, patientUntil)
        finished++
      }
    }
    const shopping = buyers.flatMap((buyer) => Array.from({ length: buyer.lanes }, () => shopFor(buyer)))
    const token = operatorTokenOf(home)
    const at = { url: five.gatewayUrl, token, counts, until: patientUntil }
    const closing = (async () => {
      for (let epoch = 1; epoch <= epochs; epoch++) {
        while (progress() < epoch / (epochs + 1)) await sleep(100)
        const closed = await callTool(at, 'close_epoch', `crash/close/${epoch}`)
        say(`closed: ${JSON.stringify(closed)}`)
        await callTool(at, 'claim', `crash/claim/${epoch}`)
      }
    })().catch(unlessPlanted)
    await Promise.all(shopping)
    say('all requests are made; those who left come back')
    await Promise.all(buyers.map((buyer) => buyer.collect(patientUntil)))
    await killer.done
    await closing
    const runMs = Date.now() - began
    await Promise.all(all.map((part) => part.untilUp()))
    const patience = fault === undefined ? at : { ...at, until: Date.now() + 60_000 }
    const closed = await callTool(patience, 'close_epoch', 'crash/close/last').catch(unlessPlanted)
    say(`closed: ${JSON.stringify(closed)}`)
    await Promise.all(all.map((part) => part.untilUp()))
    const cuts = killer.killed.filter(({ parts: hit }) => hit.includes('engine') || hit.includes('database'))
    const books = await readBooks({
      journals,
      contracts: shop.contracts,
      server: shop.server,
      databaseUrl: five.databaseUrl,
      rpcUrl: five.rpcUrl,
      logs: join(home.dir, 'logs'),
      fundedWei,
      cutsMs: cuts.map(({ atMs }) => atMs),
    })
    return {
      reconciled: reconcile(books),
      counts,
      killed: killer.killed,
      runMs,
      starts: Object.fromEntries(all.map(({ name, counts: own }) => [name, own])),
    }
  } finally {
    await close()
    if (process.env['KEEP'] === undefined) home.remove()
    else say(`kept ${dirname(home.dir)}`)
  }
}

const fundedWei = 10n ** 19n

/** Of eight clients two pay by channels and two by upto; of three, one each. */
function wayOf(i: number, clients: number): 'channel' | 'upto' | 'exact' {
  const part = Math.max(1, Math.floor(clients / 4))
  if (i < part) return 'channel'
  return i < 2 * part ? 'upto' : 'exact'
}

/** What stands before the first kill: a trained model on sale, and clients with money. */
async function prepare(five: Awaited<ReturnType<typeof fiveParts>>, accounts: LocalAccount[], dir: string) {
  const before = { ...process.env }
  Object.assign(process.env, five.env)
  const here = await openTributary({ home: dir, role: 'gateway', say: () => {} })
  try {
    await trainTinyModel(here.ctx)
    const { chain } = here.ctx
    for (const [i, account] of accounts.entries()) {
      await ensureOpen(chain, { account: account.address as Address, wei: fundedWei })
      if (wayOf(i, accounts.length) === 'upto') await approvePermit2(chain, account)
    }
    const { openToken: asset, feeEscrow: payTo } = chain.contracts
    const server = here.ctx.keys.server.address as Address
    return {
      url: five.gatewayUrl,
      chainId: chain.chainId,
      asset,
      payTo,
      model: tinyDatanet,
      chain,
      contracts: chain.contracts,
      server,
    }
  } finally {
    await here.close()
    for (const name of Object.keys(five.env)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before[name]
    }
  }
}

export type { Killed }
