import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createProgram } from '../../cli/createProgram.ts'
import { openTestGateway, type TestGateway } from '../../gateway/testing/openTestGateway.ts'
import { digestString, type Digest } from '../../kernel/index.ts'
import { eraseAnswer, eraseSamples } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import type { Confidence } from '../../tools/explaining/confidence.ts'
import { explanationSchema, type Explanation } from '../../tools/explaining/explanation.ts'
import { drawPage } from '../../tools/explaining/drawPage.ts'
import { runTool } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { attack, exampleExplanation } from './exampleExplanation.ts'
import { fitsScreens } from './fitsScreens.ts'
import { openBrowser, type Page } from './openBrowser.ts'
import { pageFile } from './pageFile.ts'
import { provideBrowser } from './provideBrowser.ts'

const program = await provideBrowser()
const { file, url } = pageFile()

describe.skipIf(program === undefined)('the page in a real browser', () => {
  let page: Page
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ page, close } = await openBrowser(program!))
  })
  afterAll(() => close())

  test('text of a stranger that would be markup is shown as it was written, and nothing of it runs', async () => {
    writeFileSync(file, drawPage(exampleExplanation()))
    await page.view({ width: 1280, height: 900, scheme: 'light' })
    await page.open(url)
    expect(await page.evaluate('document.title')).toBe('Why npm:zod was paid for this answer')
    const shown = await page.evaluate<string>('document.body.textContent')
    const visible = attack.replace('\u202E', '[U+202E]')
    expect(shown.split(visible).length - 1).toBeGreaterThanOrEqual(4)
    expect(
      await page.evaluate(`document.querySelectorAll('script,img,svg,link,iframe,[onerror],[onload]').length`),
    ).toBe(0)
    expect(page.problems).toEqual([])
  })

  test('only the file itself is asked for', () => {
    expect(new Set(page.requests)).toEqual(new Set([url]))
  })

  fitsScreens('explain', url, () => page)

  test('one column on a phone, two on a screen, one on paper', async () => {
    const columns = `getComputedStyle(document.querySelector('.columns')).gridTemplateColumns.split(' ').length`
    await page.view({ width: 1280, height: 900, scheme: 'light' })
    expect(await page.evaluate(columns)).toBe(2)
    await page.view({ width: 390, height: 844, scheme: 'light' })
    expect(await page.evaluate(columns)).toBe(1)
    await page.view({ width: 794, height: 1123, scheme: 'dark', media: 'print' })
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.columns')).display`)).toBe('block')
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)')
  })
})

describe('explain, of an answer that was sold', () => {
  let edges: TestContext
  let gateway: TestGateway
  let receipt: Digest
  const payee = 'npm:danube'
  const explainIt = async (): Promise<{ explanation: Explanation; html: string }> => {
    const { explanation, html } = await call('explain_page', { payee, receipt })
    return { explanation: explanationSchema.parse(explanation), html: String(html) }
  }
  const call = (name: string, input: object, effectKey?: string) => {
    const tool = boundTools.find(({ definition }) => definition.name === name)!
    return runTool(tool, input, { ...edges.ctx, call: { face: 'test', ...(effectKey ? { effectKey } : {}) } })
  }
  const tributary = async (...args: string[]): Promise<string> => {
    let printed = ''
    await createProgram((line) => (printed += `${line}\n`)).run(args)
    return printed
  }

  beforeAll(async () => {
    edges = await openTestContext()
    const { ctx } = edges
    gateway = await openTestGateway(ctx, boundTools)
    edges.setGatewayUrl(gateway.url)
    writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
    vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
    await trainTinyModel(ctx)
    const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river floods?' }], max_tokens: 8 }
    receipt = digestString.parse((await call('ask', question, 'ask'))['receipt'])
    await call('trace_answer', { receipt })
  }, 240_000)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await gateway.close()
    await edges.close()
  })

  test('the changes of its 8 tokens without the group have the change of its loss as their mean', async () => {
    const { explanation } = await explainIt()
    const { tokens, lossMicroNats, lossWithoutMicroNats, answer } = explanation.without!
    expect(tokens).toHaveLength(8)
    const mean = tokens.reduce((sum, { changeMicroNats }) => sum + changeMicroNats, 0) / tokens.length
    expect(Math.abs(mean - (lossWithoutMicroNats - lossMicroNats))).toBeLessThan(2)
    expect(answer).toEqual(expect.any(String))
  })

  test('the page shows question, answer, the payee’s samples and what the words say; the command writes it and prints its address', async () => {
    const { explanation, html } = await explainIt()
    expect(html).toContain('Which river floods?')
    expect(explanation.samples.length).toBeGreaterThan(0)
    for (const { source, text } of explanation.samples) {
      expect(html).toContain(source)
      expect(text).toContain('Danube')
    }
    const scores = explanation.samples.map(({ scoreMicroNats }) => scoreMicroNats!)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect(await tributary('explain', payee, receipt, '--html', file)).toBe(`${url}\n`)
    expect(readFileSync(file, 'utf8')).toBe(html)
    const said = await tributary('explain', payee, receipt)
    expect(said).toContain('How sure this is:')
    expect(said).not.toContain('Which river')
  })

  test('by Datanet the shares of an answer and of the pool are the whole', async () => {
    const { view } = (await call('trace_answer', { receipt, by: 'datanet' })) as {
      view: { sources: { name: string; sharePpm: number }[]; poolPpm: number; claims: { groups: string } }
    }
    expect(view.sources).toMatchObject([{ name: tinyDatanet }])
    expect(view.sources[0]!.sharePpm + view.poolPpm).toBe(1_000_000)
    expect(view.claims.groups).toContain('without the group')
  })

  test('money is not there before its epoch closes: tools/not-settled', async () => {
    await expect(call('trace_answer', { receipt, tier: 'money' })).rejects.toMatchObject({ code: 'tools/not-settled' })
  })

  test('texts are the operator’s: a stranger may call explain, and not explain_page', async () => {
    const ask = async (tool: string) => {
      const body = JSON.stringify({ payee, receipt })
      return (await fetch(`${gateway.url}/tools/${tool}`, { method: 'POST', body })).status
    }
    expect([await ask('explain'), await ask('explain_page')]).toEqual([200, 401])
  })

  test('when its epoch is closed the scores are those of money, exact for 2 groups, and so is what the page says', async () => {
    await call('close_epoch', {}, 'close')
    const { view } = (await call('trace_answer', { receipt, tier: 'money', by: 'sample' })) as {
      view: { tier: string; confidence: Confidence; sources: { id: string }[] }
    }
    expect(view).toMatchObject({ tier: 'money', confidence: { groups: 'exact', fallback: null } })
    expect(view.sources.map(({ id }) => id)).toHaveLength(5)
    const { explanation, html } = await explainIt()
    expect(explanation.tier).toBe('money')
    const { tokens, lossMicroNats, lossWithoutMicroNats } = explanation.without!
    expect(tokens).toHaveLength(8)
    expect(Math.abs(lossWithoutMicroNats - lossMicroNats - explanation.group!.scoreMicroNats)).toBeLessThan(3)
    expect(html).toContain('These are the scores that the fee was split by.')
  })

  test('a sample whose text was withdrawn is named without it', async () => {
    const [sample] = (await explainIt()).explanation.samples
    await eraseSamples(edges.ctx.store, { ids: [sample!.sample] })
    const { html } = await explainIt()
    expect(html).toContain('Its text was withdrawn.')
    expect(html).not.toContain(sample!.text!.slice(0, 60))
  })

  test('an answer that was dropped at the buyer’s wish is shown as such, its numbers stay', async () => {
    const before = await explainIt()
    await eraseAnswer(edges.ctx.store, { receipt })
    const { explanation, html } = await explainIt()
    expect(explanation).toMatchObject({ question: null, answer: null, without: null, wei: before.explanation.wei })
    expect(html).toContain('Dropped at the buyer’s wish')
    expect(html).not.toContain('Which river floods?')
    expect(html).not.toContain(before.explanation.answer!.trim().slice(0, 12))
  })

  test('a payee without a sample here got nothing, and the page says why', async () => {
    const { explanation, html } = await call('explain_page', { payee: 'npm:nobody', receipt })
    expect(explanation).toMatchObject({ paid: false, wei: '0', group: null, samples: [] })
    expect(html).toMatch(/Why npm:nobody was not (paid|credited) for this answer/)
    expect(html).toContain('None of the samples that this adapter was trained on is npm:nobody’s')
  })
})
