import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { concentration, lorenzCurve } from '../../attribution/index.ts'
import { epochReport } from '../../tools/definitions.ts'
import { drawEpochPage } from '../../tools/index.ts'
import { fitsScreens } from './fitsScreens.ts'
import { openBrowser, type Page } from './openBrowser.ts'
import { pageFile } from './pageFile.ts'
import { provideBrowser } from './provideBrowser.ts'

const program = await provideBrowser()
const { file, url } = pageFile()

const earned = Array.from({ length: 163 }, (_, i) => 10n ** 15n / BigInt((i + 1) ** 2))
const contributorsWei = earned.reduce((sum, wei) => sum + wei, 0n)
const digest = `0x${'ab'.repeat(32)}`

const report = epochReport.output.parse({
  epoch: 7,
  state: 'final',
  receipts: 2_400,
  receivedWei: String(contributorsWei * 2n),
  paidWei: String(contributorsWei + contributorsWei / 2n),
  contributorsWei: String(contributorsWei),
  serversWei: String((contributorsWei * 3n) / 10n),
  modelOwnersWei: String((contributorsWei * 2n) / 10n),
  treasuryWei: String(contributorsWei / 10n),
  poolWei: String((contributorsWei * 4n) / 10n),
  claimedWei: '0',
  takes: [
    { part: 'treasury', ppm: 50_000, ruleCeilingPpm: 50_000, contractCeilingPpm: 300_000 },
    { part: 'server and model owner', ppm: 250_000, ruleCeilingPpm: 250_000, contractCeilingPpm: 400_000 },
  ],
  concentration: {
    payees: concentration(earned),
    servers: concentration([1n]),
    modelOwners: concentration([1n]),
  },
  lorenz: lorenzCurve(earned),
  rules: [digest],
  root: digest,
  evidence: digest,
  evidenceForm: 2,
  scoring: digest,
  published: null,
  transactions: { close: digest, propose: digest, final: digest },
})

describe.skipIf(program === undefined)('the page of an epoch in a real browser', () => {
  let page: Page
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ page, close } = await openBrowser(program!))
    writeFileSync(file, drawEpochPage(report))
  })
  afterAll(() => close())

  fitsScreens('epoch', url, () => page)

  test('shows the curve under the line of equal shares, and asks for nothing but the file', async () => {
    expect(await page.evaluate(`document.querySelectorAll('path.line.s0').length`)).toBe(1)
    expect(await page.evaluate<string>('document.body.textContent')).toContain('over 163 payees')
    expect(new Set(page.requests)).toEqual(new Set([url]))
  })
})
