/**
 * What LangGraph expects of its globals and Temporal's sandbox lacks. Import it before any @langchain module.
 *
 * All of it is deterministic: entropy comes from Temporal's seeded Math.random, time from its Date. `structuredClone`
 * is left out on purpose, LangGraph copies by itself where it is missing. In Node everything is already there, so
 * this module changes nothing.
 */
import { ReadableStream, TransformStream, WritableStream } from 'web-streams-polyfill'

function defineMissing(name: string, value: unknown): void {
  if (name in globalThis) return
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
}

function fillRandom<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256)
  return bytes
}

function randomUUID(): string {
  const bytes = fillRandom(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 15) | 64
  bytes[8] = (bytes[8]! & 63) | 128
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

defineMissing('ReadableStream', ReadableStream)
defineMissing('WritableStream', WritableStream)
defineMissing('TransformStream', TransformStream)
defineMissing('queueMicrotask', (run: () => void) => void Promise.resolve().then(() => run()))
defineMissing('AbortSignal', new AbortController().signal.constructor)
defineMissing('crypto', { getRandomValues: fillRandom, randomUUID })
defineMissing('performance', { now: () => Date.now() })
defineMissing('process', { env: {} })
