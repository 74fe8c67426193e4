import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeText, intervalBarsSvg, svgFrame, type IntervalBar } from '../../tools/index.ts'

/** The pictures of docs/attribution.md, by their files. The last one is drawn from the measured table, where there is one. */
export function attributionPictures(root: string): Record<string, string> {
  return {
    'docs/pictures/counterfactual.svg': counterfactual(),
    'docs/pictures/two-forms.svg': twoForms(),
    'docs/pictures/unroll.svg': unrolled(),
    'docs/pictures/money.svg': money(),
    'docs/pictures/trust.svg': trust(),
    ...measured(root),
  }
}

function counterfactual(): string {
  const body = [
    ...box(20, 60, 190, 150, ['The samples', 'of all payees, dealt', 'into groups by the', 'hash of a later block']),
    ...['all samples', 'without group 1', 'without group 2', 'without group K'].flatMap((name, i) => [
      arrow(212, 135, 268, 76 + i * 44),
      ...box(270, 58 + i * 44, 176, 34, [i === 0 ? `adapter: ${name}` : `adapter ${name}`], i === 0 ? 's0' : undefined),
      arrow(448, 75 + i * 44, 504, 75 + i * 44),
    ]),
    ...box(506, 58, 234, 166, [
      'The same answer,',
      'one row for each adapter',
      '',
      'loss = − mean log probability',
      'of its tokens, in nats',
    ]),
    text(
      380,
      256,
      'Same recipe, order and seed; the samples of a group weigh 0. Trained step by step together.',
      'small middle',
    ),
    text(380, 278, 'score of group c = loss without c − loss with all;  above 0: the group helped', 'middle'),
  ]
  return svgFrame({
    width: 760,
    height: 300,
    title: 'A score is what removing a group does to this answer',
    about:
      'One adapter is trained on all samples and one without each group; the loss of the answer under each is compared.',
    body,
  })
}

function twoForms(): string {
  const x = (t: number) => 90 + t * 520
  const y = (loss: number) => 250 - loss * 330
  const loss = (t: number) => 0.1 + 0.28 * t + 0.22 * t * t
  const curve = Array.from(
    { length: 41 },
    (_, i) => `${i === 0 ? 'M' : 'L'}${x(i / 40).toFixed(1)} ${y(loss(i / 40)).toFixed(1)}`,
  )
  const body = [
    `<path class="axis" d="M70 270H700M70 50V270"/>`,
    `<path class="line s0" d="${curve.join('')}"/>`,
    `<path class="goal" d="M${x(0)} ${y(0.1)}L${x(1)} ${y(0.38)}"/>`,
    ...[0, 1].map((t) => `<circle class="s0" cx="${x(t)}" cy="${y(loss(t)).toFixed(1)}" r="5"/>`),
    `<circle class="s1" cx="${x(1)}" cy="${y(0.38).toFixed(1)}" r="5"/>`,
    `<path class="grid" d="M${x(0)} ${y(0.1)}H${x(1) + 60}"/>`,
    `<path class="whisker" d="M${x(1) + 14} ${y(0.6).toFixed(1)}V${y(0.1)}"/>`,
    text(x(1) + 22, y(0.36), 'forward form:', 'small'),
    text(x(1) + 22, y(0.36) + 15, 'both ends', 'small'),
    text(x(0.97), y(0.1) + 18, 'linear form (dashed): the slope at the adapter that answered', 'small end'),
    text(x(0), 290, 'with all samples', 'small middle'),
    text(x(1), 290, 'without the group', 'small middle'),
    text(80, 60, 'loss of the answer', 'small'),
    text(
      380,
      316,
      'The linear form costs one gradient for all groups. It leaves out how the loss bends on the way.',
      'small middle',
    ),
  ]
  return svgFrame({
    width: 760,
    height: 336,
    title: 'Two forms of the same score',
    about: 'The forward form takes the loss at both ends, the linear form follows the slope at one.',
    body,
  })
}

function unrolled(): string {
  const states = ['θ(0)', 'θ(1)', 'θ(2)', '…', 'θ(T)']
  const body = [
    ...states.flatMap((name, i) => [
      ...box(40 + i * 150, 70, 70, 40, [name], i === 4 ? 's0' : undefined),
      i < 4 ? arrow(112 + i * 150, 90, 188 + i * 150, 90) : '',
      i < 4 ? text(150 + i * 150, 80, `batch ${i < 3 ? i + 1 : 'T'}`, 'small middle') : '',
    ]),
    ...states.slice(0, 4).flatMap((_, i) => [arrow(638 - i * 150, 160, 562 - i * 150, 160, 'goal')]),
    text(676, 164, 'answer', 'small middle'),
    text(676, 148, '∂ loss / ∂ θ(T)', 'small middle'),
    text(300, 148, 'the adjoint goes back through optimiser and curvature', 'small middle'),
    ...[0, 1, 3].flatMap((i) => [arrow(150 + i * 150, 166, 150 + i * 150, 206, 'flow')]),
    text(
      380,
      226,
      'at each step: score of sample i += − u · gradient of sample i / B,  u = ∂ loss / ∂ batch gradient',
      'middle',
    ),
    text(380, 250, 'then adjoint += H u, by gradients on both sides: H u ≈ |u|/2h · (G(θ + hû) − G(θ − hû))', 'middle'),
    text(
      380,
      276,
      'Without the H u it is the Hessian-free unroll: one pass for all answers, and weaker.',
      'small middle',
    ),
  ]
  return svgFrame({
    width: 780,
    height: 296,
    title: 'The exact unroll: differentiate through the recorded training',
    about:
      'Training goes forward from theta 0 to theta T; the adjoint of one answer, or of the fee-weighted mean of an epoch, goes back over the same states.',
    body,
  })
}

function money(): string {
  const steps = [
    ['answer sold', 'receipt signed'],
    ['scored at once', 'linear form'],
    ['epoch frozen', 'a later block draws'],
    ['scored for money', 'forward form'],
    ['inside groups', 'unroll of the epoch'],
    ['share rule', 'whole wei'],
  ]
  const body = [
    ...steps.flatMap(([first, second], i) => [
      ...box(16 + i * 146, 60, 128, 54, [first!, second!], i === 3 ? 's0' : undefined),
      i < 5 ? arrow(145 + i * 146, 87, 161 + i * 146, 87) : '',
    ]),
    text(226, 136, 'tier receipt', 'small middle'),
    text(518, 136, 'tier money', 'small middle'),
    text(
      446,
      164,
      'Evidence first: the unroll’s sums are ranked against the groups’ real effects. Below the floor nothing inside a group is paid.',
      'small middle',
    ),
    text(
      446,
      184,
      'Where answers are not all scored exactly, the error of the linear form is published from those that a block hash drew.',
      'small middle',
    ),
  ]
  return svgFrame({
    width: 892,
    height: 204,
    title: 'From an answer to money',
    about:
      'Scored at once by the linear form, before the epoch closes by the forward form, inside groups by the unroll, then shares.',
    body,
  })
}

function trust(): string {
  const steps = [
    ['plan and digests of', '1 + K adapters', 'on chain, with a bond'],
    ['hash of a later', 'block draws', 'some of them'],
    ['strangers train', 'those again, in a', 'process of their own'],
    ['sealed, then opened:', 'the digest that', 'they got'],
    ['same: attested', 'another: the bond', 'moves'],
  ]
  const body = steps.flatMap((lines, i) => [
    ...box(16 + i * 174, 56, 152, 70, lines, i === 1 ? 's0' : undefined),
    i < 4 ? arrow(169 + i * 174, 91, 189 + i * 174, 91) : '',
  ])
  body.push(
    text(
      446,
      154,
      'Nobody knows which adapters are drawn when their digests are committed: a wrong one is found with the chance of being drawn.',
      'small middle',
    ),
  )
  return svgFrame({
    width: 892,
    height: 174,
    title: 'Why believe whoever trained the adapters',
    about:
      'Digests are committed, a later block draws members, strangers retrain them, and a wrong digest costs the bond.',
    body,
  })
}

type Row = { figure: string; value: number | null }

/** LDS of every method at 5 % removed with its lower bound, as evals/results/evals-attribution.json has them. */
function measured(root: string): Record<string, string> {
  const file = join(root, 'evals', 'results', 'evals-attribution.json')
  if (!existsSync(file)) return {}
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }
  const valueOf = new Map(rows.map(({ figure, value }) => [figure, value]))
  const bars: IntervalBar[] = rows.flatMap(({ figure, value }) => {
    const [, method] = /^lds (?!margin|smollm2)(.+) 5 %$/.exec(figure) ?? []
    if (method === undefined || value === null) return []
    const low = valueOf.get(`${figure}, lower 90 % bound`) ?? undefined
    const bound = low === undefined ? {} : { low, high: value }
    return [{ label: method, value, mark: method === 'unroll' ? 'ours' : 'peer', ...bound }]
  })
  if (bars.length === 0) return {}
  bars.sort((a, b) => b.value - a.value)
  const unit = 'LDS: rank correlation with real retraining, 5 % of the samples removed; whisker: lower 90 % bound'
  return {
    'docs/pictures/lds.svg': intervalBarsSvg({ title: 'Predicted and real effect of removal', unit, bars, to: 1 }),
  }
}

function box(x: number, y: number, width: number, height: number, lines: readonly string[], accent?: string): string[] {
  const first = y + height / 2 - (lines.length - 1) * 9 + 4
  const stripe =
    accent === undefined ? '' : `<rect class="${accent}" x="${x}" y="${y}" width="4" height="${height}" rx="2"/>`
  return [
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>${stripe}`,
    ...lines.map((line, i) => text(x + width / 2, first + i * 18, line, 'small middle')),
  ]
}

function arrow(fromX: number, fromY: number, toX: number, toY: number, kind = 'flow'): string {
  const angle = Math.atan2(toY - fromY, toX - fromX)
  const wing = (turn: number) =>
    `${(toX - 7 * Math.cos(angle + turn)).toFixed(1)} ${(toY - 7 * Math.sin(angle + turn)).toFixed(1)}`
  return `<path class="${kind}" d="M${fromX} ${fromY}L${toX} ${toY}M${wing(0.45)}L${toX} ${toY}L${wing(-0.45)}"/>`
}

function text(x: number, y: number, words: string, kind: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escapeText(words)}</text>`
}
