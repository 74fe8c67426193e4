import { Command } from 'commander'
import { listModels } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, TOKEN_SYMBOL } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'

export const modelCommand = (print: (line: string) => void): Command =>
  new Command('model').description('Models on sale.').addCommand(
    new Command('list')
      .description(listModels.summary)
      .option('--json', 'print the JSON of the tool')
      .action(async ({ json }: { json?: boolean }) => {
        const { models } = await callServerFor(listModels, {})
        if (json) return print(JSON.stringify({ models }))
        const rows = models.map((model) => {
          const {
            alias,
            adapter,
            datanet,
            heldOutLossBeforeMicroNats: before,
            heldOutLossAfterMicroNats: after,
          } = model
          const { perAnswerWei, perPromptTokenWei, perCompletionTokenWei } = model.price
          const price = [perAnswerWei, perPromptTokenWei, perCompletionTokenWei].map((wei) => formatOpen(BigInt(wei)))
          const loss = `${(before / 1e6).toFixed(3)} → ${(after / 1e6).toFixed(3)}`
          return [alias, adapter.slice(0, 12), datanet.slice(0, 12), loss, price.join(' + ')]
        })
        const price = `${TOKEN_SYMBOL} an answer + a prompt token + a completion token`
        const columns = [
          { head: 'model', lines: 1 },
          { head: 'adapter' },
          { head: 'Datanet' },
          { head: 'held-out loss' },
          { head: price, lines: 2 },
        ]
        print(drawTable(columns, rows, terminalWidth()))
      }),
  )
