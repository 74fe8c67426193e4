import asciichart from 'asciichart'
import { pc } from '../colours.ts'
import { formatSeconds } from './formatSeconds.ts'
import type { StreamedEvent } from './followTraining.ts'

const repaintMs = 250
const repeatMs = 5_000
const widest = 64
const chartHeight = 6

type Terminal = { isTTY?: boolean; columns?: number; write: (text: string) => unknown }

export type TrainingView = { event: (event: StreamedEvent) => void; end: () => void }

/**
 * A training for people: the loss curve with a line of numbers under it, repainted in place on a terminal; elsewhere the
 * line alone, every 5 seconds and at each look. What must not be overwritten (a skipped sample, an early stop) gets a line.
 */
export function trainingView(terminal: Terminal = process.stderr, clock: () => number = Date.now): TrainingView {
  const losses: number[] = []
  let heldOut: number | undefined
  let status = ''
  let painted = 0
  let lastMs = -Infinity

  const clear = () => {
    if (painted > 0) terminal.write(`\u001B[${painted}A\u001B[0J`)
    painted = 0
  }
  const paint = () => {
    const width = Math.max(20, (terminal.columns ?? 80) - 1)
    const chart =
      losses.length < 2
        ? []
        : asciichart.plot(thin(losses, Math.min(widest, width - 14)), { height: chartHeight }).split('\n')
    const lines = [...chart.map((line) => line.slice(0, width)), status.slice(0, width)]
    clear()
    terminal.write(`${lines.join('\n')}\n`)
    painted = lines.length
  }
  const show = (force = false) => {
    const now = clock()
    if (!force && now - lastMs < (terminal.isTTY ? repaintMs : repeatMs)) return
    lastMs = now
    if (terminal.isTTY) paint()
    else terminal.write(`${status}\n`)
  }
  const note = (line: string) => {
    if (terminal.isTTY) clear()
    terminal.write(`${line}\n`)
    if (terminal.isTTY && status !== '') paint()
  }
  return {
    event({ kind, body }) {
      const number = (name: string) => Number(body[name])
      if (kind === 'frozen') {
        status = `frozen blocks: ${number('done')} of ${number('of')} texts`
        show()
      } else if (kind === 'step') {
        losses.push(number('lossMicroNats') / 1e6)
        status = statusOf(body, heldOut)
        show(number('step') === number('steps'))
      } else if (kind === 'validation') {
        heldOut = number('lossMicroNats') / 1e6
        if (!terminal.isTTY) note(`held-out loss ${heldOut.toFixed(3)} after step ${number('step')}`)
      } else if (kind === 'skipped') {
        note(
          pc.yellow(
            `skipped sample ${String(body['sample'])} at step ${number('step')}: gradient norm ${inUnits(body['normMicro'])}, bound ${inUnits(body['boundMicro'])}`,
          ),
        )
      } else if (kind === 'stopped') {
        note(`stopped early after step ${number('step')}: the held-out loss was lowest after step ${number('best')}`)
      }
    },
    end() {
      if (terminal.isTTY && status !== '') paint()
      painted = 0
    },
  }
}

function statusOf(body: Record<string, unknown>, heldOut: number | undefined): string {
  const { step, steps, lossMicroNats, samplesPerSecond: speed, etaSeconds: eta } = body
  return [
    `step ${Number(step)}/${Number(steps)}`,
    `loss ${(Number(lossMicroNats) / 1e6).toFixed(3)}`,
    heldOut === undefined ? '' : `held-out ${heldOut.toFixed(3)}`,
    typeof speed === 'number' ? `${speed.toFixed(1)} samples/s` : '',
    typeof eta === 'number' ? `${formatSeconds(eta)} left` : '',
  ]
    .filter((part) => part !== '')
    .join('  ')
}

function inUnits(micro: unknown): string {
  return typeof micro === 'number' ? (micro / 1e6).toPrecision(3) : 'no number'
}

function thin(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values]
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * (values.length - 1)) / (count - 1))]!)
}
