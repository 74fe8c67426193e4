import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getAnswer } from '../../store/index.ts'
import type { TourSummary } from '../../tools/index.ts'
import { openHere } from './harness/openHere.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { operatorTokenOf, tinyHome, type TinyHome } from './harness/tinyHome.ts'

let home: TinyHome
let summary: TourSummary
let said = ''
const answers: string[] = []

beforeAll(async () => {
  home = await tinyHome()
  const started = startProcess(home)
  summary = await started.summary()
  said = started.said()
  const opened = await openHere(home)
  // A refused request and a failed tool: what is logged of them must be as clean.
  const post = (path: string, body: unknown) =>
    fetch(`${opened.gatewayUrl}${path}`, { method: 'POST', body: JSON.stringify(body) })
  await post('/v1/chat/completions', {
    model: 'pages',
    messages: [{ role: 'user', content: 'a prompt that is asked and not paid' }],
  })
  await post('/v1/chat/completions', {
    model: 'pages',
    messages: [{ role: 'user', content: 'a prompt with no model' }],
    n: 7,
  })
  await post('/tools/contribute', {
    datanet: 'pages',
    contributor: 'eve',
    samples: [{ prompt: 'a sample of eve', completion: 'unsigned' }],
  })
  for (const { receipt } of summary.answers) {
    const { answerText } = await getAnswer(opened.ctx.store, { receipt })
    answers.push(answerText!)
  }
  await opened.close()
})
afterAll(async () => {
  await endStarted()
  home?.remove()
})

const filesIn = (folder: string) => readdirSync(folder).map((name) => join(folder, name))
const logText = () =>
  filesIn(join(home.dir, 'logs'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** Every form in which a text could stand in a log. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text)
  const json = JSON.stringify(text).slice(1, -1)
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('base64').replaceAll('=', ''),
  ]
}
const found = (secrets: readonly string[]) => {
  const text = `${logText()}\n${said}`
  return secrets.filter((secret) => forms(secret).some((form) => text.includes(form)))
}

test('the logs are there, and tell of receipts and workflows: at least 12 lines name a receipt of the tour', () => {
  const lines = logText().split('\n')
  const named = lines.filter((line) => summary.answers.some(({ receipt }) => line.includes(receipt)))
  expect(named.length).toBeGreaterThanOrEqual(12)
})

test('no private key and not the operator’s token is in any log or on the terminal, and their files are 0600', () => {
  const files = filesIn(join(home.dir, 'keys'))
  expect(files.length).toBeGreaterThanOrEqual(7)
  for (const file of files) expect(statSync(file).mode & 0o777, file).toBe(0o600)
  const keys = files.map((file) => readFileSync(file, 'utf8').trim())
  expect(keys.every((key) => key.length >= 40)).toBe(true)
  expect(found([...keys.flatMap((key) => [key, key.replace(/^0x/, '')]), operatorTokenOf(home)])).toEqual([])
})

test('no prompt, no sample and no answer is in any log or on the terminal', () => {
  const samples = readFileSync(home.corpus, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { prompt: string; completion: string })
  const texts = samples.flatMap(({ prompt, completion }) => [prompt, completion]).filter((text) => text.length > 8)
  expect(texts.length).toBeGreaterThan(200)
  expect(answers).toHaveLength(12)
  const refused = ['a prompt that is asked and not paid', 'a prompt with no model', 'a sample of eve']
  expect(found([...texts, ...answers, ...refused])).toEqual([])
})

test('control: what is in a log is found, in plain, escaped and encoded form', () => {
  const line = logText()
    .split('\n')
    .find((text) => text.includes('"receipt"'))!
  const { receipt } = JSON.parse(line) as { receipt: string }
  expect(found([receipt])).toEqual([receipt])
  expect(forms('a "b"')).toContain('a \\"b\\"')
})
