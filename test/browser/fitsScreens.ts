import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lowContrast } from './lowContrast.ts'
import type { Page } from './openBrowser.ts'

/**
 * Tests that every page has to pass, on a phone and on a screen, in both schemes. With TRIBUTARY_PICTURES a picture of each is
 * left in that folder, for people to look at.
 */
export function fitsScreens(name: string, url: string, page: () => Page): void {
  test.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('at %i px, %s: no scrolling sideways, and text stands out by 4.5 to 1 or more', async (width, scheme) => {
    await page().view({ width, height: 844, scheme })
    await page().open(url)
    expect(await page().evaluate('[innerWidth, document.documentElement.scrollWidth]')).toEqual([width, width])
    expect(await page().evaluate<string[]>(lowContrast)).toEqual([])
    expect(page().problems).toEqual([])
    const folder = process.env['TRIBUTARY_PICTURES']
    if (folder !== undefined) await page().picture(join(folder, `${name}-${width}-${scheme}.png`))
  })
}
