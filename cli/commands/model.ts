import Table from 'cli-table3'
import { Command } from 'commander'
import { listModels } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { formatWei } from '../formatWei.ts'

export const modelCommand = (print: (line: string) => void): Command =>
  new Command('model').description('Models on sale.').addCommand(
    new Command('list')
      .description(listModels.summary)
      .option('--json', 'print the JSON of the tool')
      .action(async ({ json }: { json?: boolean }) => {
        const { models } = await callServerFor(listModels, {})
        if (json) return print(JSON.stringify({ models }))
        const table = new Table({
          head: ['model', 'adapter', 'Datanet', 'held-out loss', 'price: answer + prompt + completion token'],
        })
        for (const {
          alias,
          adapter,
          datanet,
          heldOutLossBeforeMicroNats,
          heldOutLossAfterMicroNats,
          price,
        } of models) {
          const loss = `${(heldOutLossBeforeMicroNats / 1e6).toFixed(3)} → ${(heldOutLossAfterMicroNats / 1e6).toFixed(3)}`
          const wei = [price.perAnswerWei, price.perPromptTokenWei, price.perCompletionTokenWei]
            .map((w) => formatWei(BigInt(w)))
            .join(' + ')
          table.push([alias, adapter.slice(0, 12), datanet.slice(0, 12), loss, wei])
        }
        print(table.toString())
      }),
  )
