import asciichart from 'asciichart'
import { pc } from './colours.ts'
import type { Progress } from '../tools/index.ts'
import type { TourWatcher } from './runTour.ts'

const repaintMs = 250
const repeatMs = 5_000

/**
 * Progress for people, on standard error: one line a phase, with a line below that is repainted on a terminal and
 * written now and then elsewhere; the loss curve when training ends.
 */
export function tourProgress(say: (line: string) => void, terminal = process.stderr): { watcher: TourWatcher } {
  let last = 0
  let open = false
  const close = () => {
    if (open) terminal.write('\n')
    open = false
  }
  return {
    watcher: {
      phase(name, index, of) {
        close()
        say(`${pc.cyan(`[${index + 1}/${of}]`)} ${pc.bold(name)}`)
      },
      progress(tool, progress) {
        const now = Date.now()
        if (now - last < (terminal.isTTY ? repaintMs : repeatMs) && progress.done < progress.of) return
        last = now
        const line = `      ${describe(tool, progress)}`
        if (!terminal.isTTY) return say(line)
        terminal.write(`\r\u001B[2K${line.slice(0, terminal.columns - 1)}`)
        open = true
      },
      losses(nats) {
        close()
        if (nats.length < 2) return
        say(pc.dim('      training loss, nats per token'))
        for (const line of asciichart.plot(nats.length > 72 ? thin(nats, 72) : nats, { height: 8 }).split('\n'))
          say(`      ${line}`)
      },
      end: close,
    },
  }
}

function describe(tool: string, { step, done, of, note }: Progress): string {
  return `${tool.replaceAll('_', ' ')}: ${step} ${done}/${of}${note ? `  ${note}` : ''}`
}

function thin(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * (values.length - 1)) / (count - 1))] as number)
}
