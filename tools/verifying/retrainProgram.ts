import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { digestOf, digestString, findError, TributaryError, type Digest } from '../../kernel/index.ts'
import {
  createEngine,
  dropScratch,
  nobody,
  openBase,
  prepareRun,
  readState,
  recipeLayout,
  runBlock,
  stateFile,
} from '../../models/index.ts'
import { readBundle } from './bundle.ts'
import { memberDigest } from './memberDigest.ts'

/**
 * `node retrainProgram.ts <request>`: a process of its own, with an engine of its own, that knows nothing but a bundle, a
 * base folder and which members to train: what it gives can't lean on anything that the first training left. Says each
 * step, and at the end the outcome or a coded error, one JSON object a line. It ends when its standard input does.
 */
export const retrainRequest = z.object({
  /** A folder of its own: states of blocks that are done stay there. */
  dir: z.string(),
  base: z.string().describe('folder of the base model'),
  bundle: z.object({ file: z.string(), digest: digestString }),
  /** 0 is the adapter itself, g + 1 the counterfactual adapter without group g. */
  members: z.array(z.int().min(0)).min(1),
  from: z.int().min(0),
  to: z.int().min(1),
  threads: z.int().min(1).optional(),
})
export type RetrainRequest = z.output<typeof retrainRequest>

export const retrainOutcome = z.object({
  /** Of the state after the block. */
  checkpoint: digestString,
  /** Of each member at that step, in the order of the request. */
  digests: z.array(digestString),
})
export type RetrainOutcome = z.output<typeof retrainOutcome>

/** Throws models/state-missing where the blocks before were not trained here, and what reading, preparing and training throw. */
async function retrain(request: RetrainRequest, say: (line: object) => void): Promise<RetrainOutcome> {
  const { dir, members, from, to, threads } = request
  const bundle = readBundle(await readFile(request.bundle.file), request.bundle.digest)
  const { plan, card, samples, machine } = bundle
  const base = await openBase(request.base)
  const layout = recipeLayout(plan.recipe, base.config)
  const engine = await createEngine({ base, layout, ...(threads === undefined ? {} : { threads }) })
  try {
    if (digestOf(engine.stamp) !== digestOf(machine)) {
      throw new TributaryError('This process is another engine than the one that trained.', {
        code: 'verify/other-machine',
        facts: { hereCpu: engine.stamp.cpu, hereRuntime: engine.stamp.runtime },
        tryThis: 'verify on a machine of the class that the bundle names',
      })
    }
    const groupOfPayee = new Map(plan.groups.flatMap((some, group) => some.map((payee) => [payee, group] as const)))
    const places = new Map(samples.map(({ id }, i) => [id, i]))
    const variants = members.map((member) => (member === 0 ? nobody : member - 1))
    const run = await prepareRun({
      engine,
      dir,
      recipe: plan.recipe,
      samples,
      // No text is looked at while these are trained: which step was published stands in the card.
      heldOut: samples.slice(0, 1),
      groupOf: samples.map(({ payee }) => groupOfPayee.get(payee) ?? -1),
      variants,
      // The main adapter decides what is out of bounds; where it is not trained here, what it decided is on its card.
      skipped: variants.includes(nobody)
        ? []
        : card.skipped.map(({ step, sample }) => ({ step, sample: places.get(sample) ?? unknownSample(sample) })),
    })
    await runBlock(engine, run, {
      from,
      to,
      onStep: ({ step, lossMicroNats }) => say({ step, steps: card.steps, lossMicroNats }),
    })
    const state = await readState(stateFile(run, to), { run: run.digest })
    // The states stay, for who calls again; what they were made with is large and is made again where it is needed.
    if (to === card.steps) await dropScratch(run)
    return {
      checkpoint: state.digest,
      digests: members.map((member, i) => memberDigest(member, state.thetas[i]!, run, bundle)),
    }
  } finally {
    await engine.close()
  }
}

function unknownSample(sample: Digest): never {
  throw new TributaryError('The card names a skipped sample that the plan does not have.', {
    code: 'verify/differs',
    facts: { what: 'a skipped sample', sample },
    tryThis: 'the card contradicts its own plan: such a set cannot be verified',
  })
}

if (import.meta.main) {
  // Whoever started this has ended: nobody would read the outcome.
  process.stdin.on('end', () => process.exit(1)).resume()
  const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
  try {
    const outcome = await retrain(retrainRequest.parse(JSON.parse(process.argv[2] ?? '')), say)
    say({ outcome })
  } catch (failure) {
    say({ failure: findError(failure) ?? { message: String(failure) } })
    process.exitCode = 1
  }
  process.stdin.pause()
}
