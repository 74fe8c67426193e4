import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BrowserProgram } from './provideBrowser.ts'

export type View = { width: number; height: number; scheme: 'light' | 'dark'; media?: 'screen' | 'print' }

export type Page = {
  /** Loads a page and waits until it has loaded. */
  open: (url: string) => Promise<void>
  view: (view: View) => Promise<void>
  evaluate: <T>(expression: string) => Promise<T>
  /** The whole page as PNG. */
  picture: (file: string) => Promise<void>
  /** Every address that was asked for. */
  readonly requests: string[]
  /** Exceptions, dialogs and what came to the console. */
  readonly problems: string[]
}

type Message = {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: unknown
  error?: { message: string }
}

/** A headless browser of our own, one page, over the DevTools protocol. */
export async function openBrowser({
  path,
  flags,
}: BrowserProgram): Promise<{ page: Page; close: () => Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'tributary-browser-'))
  const own = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-proxy-server',
    '--no-first-run',
    '--hide-scrollbars',
  ]
  const args = [...own, ...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank']
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const close = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    rmSync(profile, { recursive: true, force: true })
  }
  try {
    const socket = new WebSocket(await addressOf(child.stderr, ended))
    await Promise.race([once(socket, 'open'), ended.then(() => Promise.reject(new Error('the browser ended')))])
    return { page: await openPage(socket), close }
  } catch (failure) {
    await close()
    throw failure
  }
}

async function addressOf(stderr: NodeJS.ReadableStream, ended: Promise<unknown[]>): Promise<string> {
  const said: string[] = []
  const listening = (async () => {
    for await (const line of createInterface({ input: stderr })) {
      const [, url] = /^DevTools listening on (ws:\S+)/.exec(line) ?? []
      if (url !== undefined) return url
      said.push(line)
    }
    return undefined
  })()
  const url = await Promise.race([listening, ended.then(() => undefined)])
  if (url === undefined) throw new Error(`the browser did not start: ${said.join('\n').slice(-1_000)}`)
  stderr.resume()
  return url
}

async function openPage(socket: WebSocket): Promise<Page> {
  const waiting = new Map<number, (message: Message) => void>()
  const loads: (() => void)[] = []
  const requests: string[] = []
  const problems: string[] = []
  let last = 0
  const session: { sessionId?: string } = {}
  const call = async <T>(method: string, params: object = {}): Promise<T> => {
    const id = ++last
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params, ...session }))
    const { result, error } = await answered
    if (error) throw new Error(`${method}: ${error.message}`)
    return result as T
  }
  const events: Record<string, (params: Record<string, unknown>) => void> = {
    'Page.loadEventFired': () => loads.splice(0).forEach((loaded) => loaded()),
    'Network.requestWillBeSent': ({ request }) => requests.push((request as { url: string }).url),
    'Runtime.consoleAPICalled': ({ type, args }) => problems.push(`console ${String(type)}: ${JSON.stringify(args)}`),
    'Runtime.exceptionThrown': ({ exceptionDetails }) =>
      problems.push(`exception: ${JSON.stringify(exceptionDetails)}`),
    'Log.entryAdded': ({ entry }) => problems.push(`log: ${(entry as { text: string }).text}`),
    'Page.javascriptDialogOpening': ({ message }) => {
      problems.push(`dialog: ${String(message)}`)
      void call('Page.handleJavaScriptDialog', { accept: true })
    },
  }
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id !== undefined) {
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    } else events[message.method ?? '']?.(message.params ?? {})
  })

  const { targetInfos } = await call<{ targetInfos: { targetId: string; type: string }[] }>('Target.getTargets')
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId
  const attached = await call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
  session.sessionId = attached.sessionId
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await call(`${domain}.enable`)

  return {
    requests,
    problems,
    async open(url) {
      const loaded = new Promise<void>((resolve) => loads.push(resolve))
      const { errorText } = await call<{ errorText?: string }>('Page.navigate', { url })
      if (errorText !== undefined) throw new Error(`${url}: ${errorText}`)
      await loaded
    },
    async view({ width, height, scheme, media = 'screen' }) {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 })
      await call('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] })
    },
    async evaluate<T>(expression: string) {
      const params = { expression, returnByValue: true, awaitPromise: true }
      const { result, exceptionDetails } = await call<{ result: { value: T }; exceptionDetails?: object }>(
        'Runtime.evaluate',
        params,
      )
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
      return result.value
    },
    async picture(file) {
      const { data } = await call<{ data: string }>('Page.captureScreenshot', { captureBeyondViewport: true })
      writeFileSync(file, Buffer.from(data, 'base64'))
    },
  }
}
