import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../kernel/index.ts'
import { drawBacktest } from '../../tools/governing/drawBacktest.ts'
import { exampleBacktest } from './exampleBacktest.ts'
import { attack } from './exampleExplanation.ts'
import { fitsScreens } from './fitsScreens.ts'
import { openBrowser, type Page } from './openBrowser.ts'
import { pageFile } from './pageFile.ts'
import { provideBrowser } from './provideBrowser.ts'

const program = await provideBrowser()
const { file, url } = pageFile()

describe.skipIf(program === undefined)('the page of a back-test in a real browser', () => {
  let page: Page
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ page, close } = await openBrowser(program!))
    const report = exampleBacktest(attack.slice(0, 150))
    writeFileSync(file, drawBacktest(report, digestOf(report)))
  })
  afterAll(() => close())

  test('it draws 20 bars and 40 points, a name that would be markup is text, and nothing of it runs', async () => {
    await page.view({ width: 1280, height: 900, scheme: 'light' })
    await page.open(url)
    expect(await page.evaluate(`document.querySelectorAll('svg').length`)).toBe(2)
    const [bars, points] = await page.evaluate<number[]>(
      `[...document.querySelectorAll('svg')].map((svg, i) => svg.querySelectorAll(i ? 'circle[cy]:not([cy="40"])' : 'rect[rx]').length)`,
    )
    expect([bars, points]).toEqual([20, 40])
    expect(await page.evaluate(`document.querySelectorAll('script,img,iframe,[onerror],[onload]').length`)).toBe(0)
    expect(page.problems).toEqual([])
    expect(new Set(page.requests)).toEqual(new Set([url]))
  })

  fitsScreens('backtest', url, () => page)
})
