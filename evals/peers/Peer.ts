import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { TributaryError } from '../../kernel/index.ts'

export type PeerOptions = {
  /** Who it is, for messages. */
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string>
}

/**
 * Another program that computes the same as we do, in a process of its own that stays open, so that its rounds and ours
 * can alternate. One JSON request a line on its stdin, one JSON answer a line on its stdout; the first line is what
 * versions it runs with. It measures its own CPU seconds. One thread.
 */
export class Peer {
  readonly versions: Readonly<Record<string, string>>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #failure: () => TributaryError

  /** Throws evals/peer when it ends before it is ready. */
  static async start({ name, command, args, env }: PeerOptions): Promise<Peer> {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, OMP_NUM_THREADS: '1', ...env },
    })
    let tail = ''
    child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000)))
    child.on('error', (error) => (tail += error.message))
    // What ends early is told by the line that never comes.
    child.stdin.on('error', () => undefined)
    const failure = (): TributaryError =>
      new TributaryError(`The peer ${name} ended without an answer.`, {
        code: 'evals/peer',
        facts: { command, saidLast: tail.trim().slice(-600) },
        tryThis: 'run its command by hand to see what it lacks, or choose parts that need no peer with --only',
      })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const first = await lines.next()
    if (first.done) throw failure()
    return new Peer(child, lines, JSON.parse(first.value) as Record<string, string>, failure)
  }

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    lines: AsyncIterator<string>,
    versions: Record<string, string>,
    failure: () => TributaryError,
  ) {
    this.#child = child
    this.#lines = lines
    this.versions = versions
    this.#failure = failure
  }

  /** Throws evals/peer. */
  async ask<Answer>(request: unknown): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await this.#lines.next()
    if (line.done) throw this.#failure()
    return JSON.parse(line.value) as Answer
  }

  close(): void {
    this.#child.stdin.end()
    this.#child.kill()
  }
}
