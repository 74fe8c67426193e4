import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { explain, explainPage } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { writePage } from '../writePage.ts'

type Options = { json?: boolean; html?: string }

export const explainCommand = (print: (line: string) => void): Command =>
  new Command('explain')
    .description(explain.summary)
    .argument('<payee>', 'address, or a name such as npm:zod')
    .argument('<receipt>', 'digest of the receipt')
    .option('--json', 'print the JSON of the tool')
    .option(
      '--html <file>',
      'write a page for a browser, with the texts and the answer as it would have been without the payee',
    )
    .action(async (payee: string, receipt: string, { json, html: file }: Options) => {
      if (file !== undefined) {
        const { explanation, html } = await callServerFor(explainPage, { payee, receipt })
        await writePage(file, html)
        return print(json ? JSON.stringify(explanation) : pathToFileURL(resolve(file)).href)
      }
      const report = await callServerFor(explain, { payee, receipt })
      if (json) return print(JSON.stringify(report))
      print(report.steps.map((line, i) => `${i + 1}. ${line}`).join('\n'))
      if (report.provenance !== undefined) return print(await spansOf({ payee, receipt }))
      print(`\nHow sure this is:\n${(report.confidence?.words ?? []).map((line) => `- ${line}`).join('\n')}`)
    })

/** The answer with its spans, whose they are, and the label; nothing where its text was dropped. */
async function spansOf(input: { payee: string; receipt: string }): Promise<string> {
  const { explanation } = await callServerFor(explainPage, input)
  if (!('evidence' in explanation) || explanation.answer === null || explanation.trace === null) return ''
  const { drawText } = await import('../verbatim/drawText.ts')
  const since = explanation.isSame
    ? ''
    : '\nSamples were taken down since it was traced: these spans stand in what is left.\n'
  return `${since}\n${drawText(explanation.answer.toWellFormed(), explanation.trace, terminalWidth())}`
}
