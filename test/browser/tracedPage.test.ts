import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, ppmInteger, toWeiString, type PayeeId } from '../../kernel/index.ts'
import { drawTraced } from '../../tools/explaining/drawTraced.ts'
import type { TracedExplanation } from '../../tools/explaining/tracedExplanationSchema.ts'
import { exampleText, exampleTrace } from '../../tools/verbatim/testing/exampleTrace.ts'
import { attack } from './exampleExplanation.ts'
import { fitsScreens } from './fitsScreens.ts'
import { openBrowser, type Page } from './openBrowser.ts'
import { pageFile } from './pageFile.ts'
import { provideBrowser } from './provideBrowser.ts'

const program = await provideBrowser()
const { file, url } = pageFile()

/** One answer of a model of others, traced to five samples; `bad` stands in every text that others can write. */
async function example(bad = ''): Promise<TracedExplanation> {
  const trace = await exampleTrace(bad)
  const payee = `npm:zod${bad}` as PayeeId
  return {
    evidence: 'provenance',
    label: trace.label,
    payee,
    receipt: digestText('receipt'),
    model: `large${bad}`,
    adapter: digestText('card'),
    paid: true,
    sharePpm: ppmInteger.parse(trace.payees.find((one) => one.payee === payee)!.sharePpm),
    wei: toWeiString(1_234_567_890_123n),
    poolWei: toWeiString(99n),
    feeWei: toWeiString(9_876_543_210_123_456n),
    tier: 'money',
    method: trace.method,
    steps: [`The answer cost 9 wei${bad}.`, trace.label, 'The rule pays for words that are repeated.'],
    question: `What does a schema check?${bad}`,
    answer: exampleText,
    documents: digestText('documents'),
    trace,
    isSame: true,
  }
}

describe.skipIf(program === undefined)(
  'the page that explains an answer of a model of others, in a real browser',
  () => {
    let page: Page
    let close: () => Promise<void>
    beforeAll(async () => {
      ;({ page, close } = await openBrowser(program!))
      writeFileSync(file, drawTraced(await example()))
      await page.view({ width: 1280, height: 900, scheme: 'light' })
      await page.open(url)
    })
    afterAll(() => close())

    test('it names payee and money, holds the answer to the letter with 5 spans, and says that it is no causation', async () => {
      expect(await page.evaluate('document.title')).toBe('Why npm:zod was paid for this answer')
      expect(await page.evaluate(`document.querySelector('.verdict').textContent`)).toContain(
        '1\u202F234\u202F567\u202F890\u202F123 wei',
      )
      expect(await page.evaluate(`document.querySelector('#text .text').textContent`)).toBe(exampleText)
      expect(await page.evaluate(`document.querySelectorAll('#text a.span').length`)).toBe(5)
      expect(await page.evaluate(`document.querySelector('.label').textContent`)).toContain('not causation')
      expect(await page.evaluate(`document.querySelector('tr.own').textContent`)).toContain('npm:zod')
    })

    test('a click on a span shows the card of its sample alone, and nothing is loaded or run', async () => {
      const shown = `[...document.querySelectorAll('.card')].filter((it) => it.offsetHeight > 0).length`
      await page.evaluate(`document.querySelector('#text a.span').click()`)
      expect(await page.evaluate(shown)).toBe(1)
      expect(page.problems).toEqual([])
      expect(new Set(page.requests.map((request) => request.split('#')[0]))).toEqual(new Set([url]))
    })

    fitsScreens('traced', url, () => page)

    test('what contributor, buyer and upstream write stays text; a dropped answer and one traced in what is left say so', async () => {
      writeFileSync(file, drawTraced(await example(attack)))
      await page.open(url)
      expect(await page.evaluate(`document.querySelectorAll('script,img,svg,iframe,[onerror],[onload]').length`)).toBe(
        0,
      )
      expect(page.problems).toEqual([])
      const about = await example()
      expect(drawTraced({ ...about, answer: null, question: null, trace: null, isSame: false })).toContain(
        'Dropped at the buyer’s wish. The recorded shares and digests stay.',
      )
      expect(drawTraced({ ...about, isSame: false })).toContain('Samples were taken down since')
      expect(drawTraced({ ...about, paid: false })).toContain('went to the Datanet’s pool')
    })
  },
)
