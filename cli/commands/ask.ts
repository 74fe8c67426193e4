import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { pc } from '../colours.ts'
import { ask, listModels } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { plainLines } from '../fitText.ts'
import { formatWei } from '../formatWei.ts'
import { parseCount } from '../parseCount.ts'

export const askCommand = (print: (line: string) => void): Command =>
  new Command('ask')
    .description(ask.summary)
    .argument('<question>')
    .option('--model <alias>', 'default: the newest model on sale')
    .option('--max-tokens <n>', 'length of the answer', parseCount({ min: 1, max: 1024 }), 64)
    .option('--max-fee-wei <wei>', 'refuse to pay more')
    .option('--json', 'print the JSON of the tool')
    .action(
      async (question: string, options: { model?: string; maxTokens: number; maxFeeWei?: string; json?: boolean }) => {
        const model = options.model ?? (await callServerFor(listModels, {})).models.at(0)?.alias ?? 'base'
        const input = {
          model,
          messages: [{ role: 'user', content: question }],
          max_tokens: options.maxTokens,
          ...(options.maxFeeWei === undefined ? {} : { maxFeeWei: options.maxFeeWei }),
        }
        const answer = await callServerFor(ask, input, randomUUID())
        if (options.json) return print(JSON.stringify(answer))
        print(plainLines(answer.text))
        print(
          pc.dim(
            `${model}, ${answer.completionTokens} tokens, ${formatWei(BigInt(answer.feeWei))}; receipt ${answer.receipt}`,
          ),
        )
      },
    )
