import { digestText, ppmInteger, toWeiString, type PayeeId } from '../../kernel/index.ts'
import type { Explanation } from '../../tools/explaining/explanation.ts'

/** What a contributor writes who would like to run something in the operator's browser. */
export const attack = `<script>document.title='run'</script>"><img src=x onerror="document.title='run'">' onmouseover=alert(1) \`\${1}\` &lt;b&gt; \u202Egnp.exe </style></section><svg onload=alert(2)>`

const said =
  ' Zod checks a value against a schema while the program runs, and gives back a typed value or a list of what is wrong with it. Use safeParse where a refusal is no exception.'
const again =
  ' Zod checks a value while the program runs and throws an error when it is wrong. Use parse where a refusal is an exception.'

/** An explanation as a page meets them, with the attack in every text that a stranger can write. */
export function exampleExplanation(change: Partial<Explanation> = {}): Explanation {
  const payee = 'npm:zod' as PayeeId
  const names = [
    'npm:zod',
    'npm:ajv',
    'npm:@hyperjump/json-schema-with-a-very-long-name-indeed',
    'npm:valibot',
    'npm:io-ts',
  ]
  const words = said.match(/\s\S+/g) ?? []
  return {
    payee,
    receipt: digestText('receipt'),
    model: 'packages',
    adapter: digestText('adapter'),
    paid: true,
    sharePpm: ppmInteger.parse(412_345),
    wei: toWeiString(70_000_000_123_456n),
    chargedWei: toWeiString(0n),
    keepsAccounts: false,
    feeWei: toWeiString(242_000_000_000_000n),
    tier: 'money',
    method: 'counterfactual-forward/1+unroll-epoch/1',
    claims: {
      groups: 'the loss that this answer gains when the adapter is trained again without the group',
      samples: 'the loss that the answers of the epoch gain when the sample is left out',
    },
    steps: [
      'The answer cost 242000000000000 wei and was given by an adapter that was trained on 256 samples of 163 contributors.',
      '3 of those samples are npm:zod’s.',
      'A block hash put npm:zod into group 4 of 8, with 20 others.',
    ],
    question: `How do I check a value with zod? ${attack}`,
    answer: said + attack,
    group: {
      number: 4,
      of: 8,
      members: names.slice(0, 3) as PayeeId[],
      scoreMicroNats: 52_310,
    },
    contributors: names.map((name, i) => ({
      payee: name as PayeeId,
      samples: 5 - i,
      scoreMicroNats: [21_440, 12_001, 9_100, 4_021, -3_100][i]!,
      sharePpm: ppmInteger.parse([412_345, 230_001, 180_000, 77_000, 0][i]),
      wei: toWeiString(BigInt(70_000_000_123_456 >> i)),
    })),
    contributorsInAll: 163,
    poolPpm: ppmInteger.parse(100_654),
    samples: [
      {
        sample: digestText('s1'),
        source: 'zod@4.6.7#basic-usage',
        licence: 'MIT',
        text: 'How do I use Zod?\nZod checks a value against a schema. Before you can do anything else, you need to define a schema. Use safeParse to get back a plain result object with either the typed value or a list of issues. '.repeat(
          4,
        ),
        scoreMicroNats: 18_200,
        sharePpm: ppmInteger.parse(350_000),
      },
      {
        sample: digestText('s2'),
        source: `README.md ${attack}`,
        licence: 'MIT',
        text: attack,
        scoreMicroNats: -210,
        sharePpm: ppmInteger.parse(0),
      },
      {
        sample: digestText('s3'),
        source: 'zod@4.6.7#errors',
        licence: 'MIT',
        text: null,
        scoreMicroNats: null,
        sharePpm: null,
      },
    ],
    samplesInAll: 3,
    without: {
      lossMicroNats: 1_231_000,
      lossWithoutMicroNats: 1_283_310,
      tokens: words
        .slice(0, 24)
        .map((text, i) => ({ text, changeMicroNats: Math.round(90_000 * Math.sin(i * 1.7) * Math.cos(i * 0.4)) })),
      rest: words.slice(24).join('') + attack,
      answer: again + attack,
      why: 'Made by the same engine from the same request and seed, with the adapter that was trained without the group.',
    },
    withoutWhy: '',
    confidence: {
      groups: 'exact',
      linearError: null,
      insideGroups: { method: 'unroll-epoch/1', rankPpm: 953_000 },
      fallback: null,
      evidence: null,
      words: [
        'The effects of the groups are exact: the loss of this answer was computed with each adapter that was trained without a group.',
        'Inside a group the split is by unroll-epoch/1. Summed over whole groups, it orders them as the exact effects do with a rank correlation of 0.95.',
        'Scores are removal effects of one training run. Another seed gives other scores.',
      ],
    },
    ...change,
  }
}
