import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { answerReview, listReviews, type Review } from '../../tools/definitions.ts'
import { callReached, callServerFor } from '../callServer.ts'
import { plainText } from '../fitText.ts'
import { reachServer } from '../reachServer.ts'

type Print = (line: string) => void
type Verdict = 'accept' | 'reject'
type Flags = { accept: string[]; reject: string[]; rest?: Verdict; reason: string; json?: boolean }

const json = ['--json', 'print the JSON of the tool'] as const
const many = (value: string, before: string[]) => [...before, value]

export const reviewsCommand = (print: Print): Command =>
  new Command('reviews')
    .description('Doubtful samples that a curation asks you about: look at them, and say what becomes of each.')
    .addCommand(
      new Command('list')
        .description(listReviews.summary)
        .option(...json)
        .action(async (options: { json?: boolean }) => {
          const listed = await callServerFor(listReviews, {})
          if (options.json) return print(JSON.stringify(listed))
          if (listed.reviews.length === 0) print('No curation waits for you.')
          for (const review of listed.reviews) for (const line of wordsOf(review)) print(line)
        }),
      { isDefault: true },
    )
    .addCommand(
      new Command('answer')
        .description(answerReview.summary)
        .argument('<workflow>', 'the curation')
        .option('--accept <sample>', 'its digest, or how it begins; once for each', many, [])
        .option('--reject <sample>', 'its digest, or how it begins; once for each', many, [])
        .addOption(new Option('--rest <verdict>', 'on all that were not named').choices(['accept', 'reject']))
        .requiredOption('--reason <text>', 'why; contributors read it')
        .option(...json)
        .action(async (workflow: string, flags: Flags) => {
          const server = await reachServer()
          try {
            const { reviews } = await callReached(server, listReviews, {})
            const samples = reviews.find((review) => review.workflow === workflow)?.samples.map(({ sample }) => sample)
            const given = await callReached(server, answerReview, inputOf(workflow, flags, samples ?? []), randomUUID())
            if (flags.json) return print(JSON.stringify(given))
            print(`${given.accepted} accepted, ${given.rejected} rejected; ${workflow} goes on`)
          } finally {
            await server.close()
          }
        }),
    )

function inputOf(workflow: string, { accept, reject, rest, reason }: Flags, samples: readonly Digest[]) {
  const verdictsOf = (verdict: Verdict, named: string[]) =>
    named.map((name) => ({ sample: meant(name, samples), verdict, reason }))
  const verdicts = [...verdictsOf('accept', accept), ...verdictsOf('reject', reject)]
  return { workflow, verdicts, ...(rest === undefined ? {} : { others: { verdict: rest, reason } }) }
}

function meant(name: string, samples: readonly Digest[]): Digest {
  const found = samples.filter((sample) => sample.startsWith(name))
  if (found.length === 1) return found[0]!
  throw new TributaryError(`${name.slice(0, 80)} is the beginning of ${found.length} of the samples that are asked about.`, {
    code: 'cli/usage',
    facts: { samples: samples.slice(0, 20) },
    tryThis: 'tributary reviews lists them; give as much of a digest as names one',
  })
} // prettier-ignore

/** Texts of strangers, with nothing in them that a terminal would act on. */
function wordsOf({ workflow, datanet, startedAt, samples }: Review): string[] {
  const shown = samples.flatMap(({ sample, rule, doubt, prompt, completion, source }) => [
    `  ${sample} of ${plainText(source)}`,
    `    ${rule} was not sure: ${plainText(doubt)}`,
    `    ${plainText(prompt)}`,
    `    ${plainText(completion)}`,
  ])
  const next = `  Next: tributary reviews answer ${workflow} --accept <sample> --rest reject --reason "…"`
  return [`${workflow}: ${samples.length} samples of ${datanet}, asked since ${startedAt}`, ...shown, next]
}
