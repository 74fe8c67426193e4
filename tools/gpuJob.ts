import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { gpuActivities } from '../models/gpu/contract.ts'
import { defineTool } from './defineTool.ts'

export const gpuJob = defineTool({
  name: 'gpu_job',
  summary:
    'Prepare what a GPU worker is asked: a block of steps of a run, or, without a block, the adapters of its published checkpoint. The run’s texts are encoded here, so that a worker needs no tokenizer.',
  effect: 'write',
  input: z.object({
    run: digestString,
    block: z.object({ from: z.int().min(0), to: z.int().min(1) }).optional(),
  }),
  output: z.object({
    train: gpuActivities.gpu_train_block.input.nullable(),
    finish: gpuActivities.gpu_finish_run.input.nullable(),
  }),
})
