import type { eraseAnswer } from './eraseAnswer.ts'
import { eraseForPayer } from './erasing/eraseForPayer.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof eraseAnswer> = (input, ctx) => eraseForPayer(ctx, input)
