import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { TributaryError } from '../../kernel/index.ts'
import { traceText, traceTextPage } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { parseCount } from '../parseCount.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { writePage } from '../writePage.ts'

type Options = {
  datanet?: string
  tokenizer?: string
  minLength?: number
  delimiter?: string[]
  json?: boolean
  html?: string
}

export const traceTextCommand = (print: (line: string) => void): Command =>
  new Command('trace-text')
    .description(traceText.summary)
    .argument('<file>', 'a file with the text, or - for what is piped in')
    .option('--datanet <name>', 'ask this Datanet alone')
    .option('--tokenizer <digest>', 'of the model that made the text')
    .option('--min-length <n>', 'leave out shorter spans', parseCount({ min: 1 }))
    .option('--delimiter <text...>', 'a span ends with it')
    .option('--json', 'print the JSON of the tool')
    .option('--html <file>', 'write a page for a browser, with the samples')
    .action(async (file: string, { json, html, delimiter, ...given }: Options) => {
      const text = file === '-' ? await readAll(process.stdin) : await read(file)
      const input = { text, ...given, ...(delimiter ? { delimiters: delimiter } : {}) }
      if (html !== undefined) {
        const page = await callServerFor(traceTextPage, input)
        await writePage(html, page.html)
        return print(json ? JSON.stringify(page.trace) : pathToFileURL(resolve(html)).href)
      }
      const trace = await callServerFor(traceText, input)
      if (json) return print(JSON.stringify(trace))
      const { drawText } = await import('../verbatim/drawText.ts')
      print(drawText(text, trace, terminalWidth()))
    })

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new TributaryError('The text cannot be read.', {
      code: 'cli/no-input',
      facts: { file, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'name a file that you may read, or pipe the text in and write -',
      cause,
    })
  }
}
