/**
 * The tiny parent of a server: it ends its child when its own stdin closes, which the kernel does for whatever way
 * the process at the other end dies, SIGKILL too.
 *
 *   node supervise.ts <record file> <grace ms> <command> [arguments…]
 *
 * It writes the record (pid and start time of the child) before it says `{"pid":…}` on descriptor 3, and removes it
 * when the child is gone. It leads a process group of its own, so that Ctrl-C reaches our process, which stops its
 * servers in order, and not the servers.
 */
import { spawn } from 'node:child_process'
import { closeSync, rmSync, writeSync } from 'node:fs'
import { processStart } from '../provision/processStart.mjs'
import { writeRecord } from './writeRecord.ts'

const announcements = 3
const [recordFile = '', graceMs = '', command = '', ...args] = process.argv.slice(2)

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })

child.once('error', (error) => {
  announce({ error: error.message })
  process.exit(127)
})
child.once('spawn', () => {
  const pid = child.pid as number
  writeRecord(recordFile, { pid, start: processStart(pid) ?? '', supervisor: process.pid, command })
  announce({ pid })
})
child.once('exit', (code, signal) => {
  rmSync(recordFile, { force: true })
  process.exit(code ?? (signal === null ? 1 : 128))
})

process.stdin.on('error', end).on('close', end).on('end', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)

let ending = false
function end(): void {
  if (ending) return
  ending = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), Number(graceMs)).unref()
}

function announce(message: object): void {
  writeSync(announcements, `${JSON.stringify(message)}\n`)
  closeSync(announcements)
}
