import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ServerRecord } from './writeRecord.ts'

const recordSchema = z.object({ pid: z.int().positive(), start: z.string(), supervisor: z.int(), command: z.string() })

/** The record, or undefined where there is none or its bytes are not one: then there is nothing to find by it. */
export function readRecord(file: string): ServerRecord | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return recordSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
