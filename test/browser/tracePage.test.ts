import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawTracePage } from '../../tools/verbatim/drawTracePage.ts'
import { exampleText, exampleTrace } from '../../tools/verbatim/testing/exampleTrace.ts'
import { attack } from './exampleExplanation.ts'
import { fitsScreens } from './fitsScreens.ts'
import { openBrowser, type Page } from './openBrowser.ts'
import { pageFile } from './pageFile.ts'
import { provideBrowser } from './provideBrowser.ts'

const program = await provideBrowser()
const { file, url } = pageFile()

describe.skipIf(program === undefined)('the page of a traced text in a real browser', () => {
  let page: Page
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ page, close } = await openBrowser(program!))
    writeFileSync(file, drawTracePage(exampleText, await exampleTrace()))
    await page.view({ width: 1280, height: 900, scheme: 'light' })
    await page.open(url)
  })
  afterAll(() => close())

  test('the text stands there to the letter, its 5 spans are links, the label says that it is no causation', async () => {
    expect(await page.evaluate(`document.querySelector('#text .text').textContent`)).toBe(exampleText)
    expect(await page.evaluate(`document.querySelectorAll('#text a.span').length`)).toBe(5)
    expect(await page.evaluate(`document.querySelector('.label').textContent`)).toContain('not causation')
  })

  test('a click on a span shows the card of its sample alone, with the same words marked; another link shows all', async () => {
    const shown = `[...document.querySelectorAll('.card')].filter((it) => it.offsetHeight > 0).length`
    expect(await page.evaluate(shown)).toBe(5)
    await page.evaluate(`document.querySelector('#text a.span').click()`)
    expect(await page.evaluate(shown)).toBe(1)
    expect(await page.evaluate(`document.querySelector('.card:target .who').textContent`)).toContain('npm:zod')
    expect(await page.evaluate(`document.querySelector('.card:target mark').textContent`)).toContain(
      'schema checks a value while the program runs',
    )
    await page.evaluate(`document.querySelector('.all').click()`)
    expect(await page.evaluate(shown)).toBe(5)
    expect(page.problems).toEqual([])
    expect(new Set(page.requests.map((request) => request.split('#')[0]))).toEqual(new Set([url]))
  })

  fitsScreens('trace', url, () => page)

  test('what a contributor writes stays text', async () => {
    writeFileSync(file, drawTracePage(exampleText, await exampleTrace(attack)))
    await page.open(url)
    expect(await page.evaluate('document.title')).toBe('Where these words stand')
    expect(await page.evaluate(`document.querySelectorAll('script,img,svg,iframe,[onerror],[onload]').length`)).toBe(0)
    expect(page.problems).toEqual([])
  })
})
