import '../sandbox/polyfills.ts'
import { isBaseMessage, type BaseMessage } from '@langchain/core/messages'
import { Command, Send } from '@langchain/langgraph/web'
import { bytesToHex } from '@noble/hashes/utils.js'
import { TributaryError } from '../../../kernel/index.ts'

/** The key that marks what is not plain JSON. A plain object that happens to have it is wrapped, see `object`. */
export const tag = '$graph'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * A JSON form of a value that keeps LangChain messages, Send, Command, Date, Map, Set and bytes alive.
 * Plain JSON is its own form, so histories stay readable and other SDKs can read them.
 *
 * Cost: linear. Throws graph/payload with the path of what has no form (bigint, function, NaN, an object of an
 * unknown class, a cycle): JSON would lose it silently, or fail the workflow task for ever.
 */
export function encode(value: unknown): Json {
  return form(value, '$', [])
}

function form(value: unknown, path: string, parents: readonly object[]): Json {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string') {
    return value ?? null
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(path, String(value))
  if (typeof value !== 'object') return refuse(path, `a ${typeof value}`)
  if (parents.includes(value)) return refuse(path, 'a cycle')
  const inside = [...parents, value]
  const each = (items: Iterable<unknown>) => Array.from(items, (item, i) => form(item, `${path}[${i}]`, inside))

  if (Array.isArray(value)) return each(value)
  if (isBaseMessage(value)) {
    if (value.getType() === 'remove') return { [tag]: 'remove', id: value.id ?? null }
    return { [tag]: 'message', type: value.getType(), data: fields(messageData(value), path, inside) }
  }
  if (value instanceof Send) {
    const { node, args } = value as { node: string; args: unknown }
    return { [tag]: 'send', node, args: form(args, `${path}.args`, inside) }
  }
  if (value instanceof Command) {
    const { goto, update, resume, graph } = value as Record<'goto' | 'update' | 'resume' | 'graph', unknown>
    return { [tag]: 'command', fields: fields({ goto, update, resume, graph }, path, inside) }
  }
  if (value instanceof Date) return { [tag]: 'date', iso: value.toISOString() }
  if (value instanceof Map) return { [tag]: 'map', entries: each(value) }
  if (value instanceof Set) return { [tag]: 'set', items: each(value) }
  if (value instanceof Uint8Array) return { [tag]: 'bytes', hex: bytesToHex(Uint8Array.from(value)) }
  if (hasJsonForm(value)) return form(value.toJSON(), path, inside)
  if (!isPlain(value)) return refuse(path, `an object of class ${value.constructor?.name ?? '(none)'}`)
  const plain = fields(value, path, inside)
  return tag in plain ? { [tag]: 'object', fields: plain } : plain
}

// Not `toDict()`: it gives what the constructor was given, and loses what was set afterwards, such as usage. A chunk
// of a stream arrives as the whole message that it is so far.
const messageFields = [
  'id',
  'name',
  'content',
  'role',
  'additional_kwargs',
  'response_metadata',
  'tool_calls',
  'invalid_tool_calls',
  'usage_metadata',
  'tool_call_id',
  'artifact',
  'status',
  'metadata',
]

function messageData(message: BaseMessage): object {
  const all = new Map(Object.entries(message))
  return Object.fromEntries(messageFields.map((key) => [key, all.get(key)]))
}

function fields(value: object, path: string, parents: readonly object[]): { [key: string]: Json } {
  const out: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    // As JSON does: a field that is undefined is a field that is not there.
    if (item !== undefined) out[key] = form(item, `${path}.${key}`, parents)
  }
  return out
}

const hasJsonForm = (value: object): value is { toJSON: () => unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function'

// A prototype whose own prototype is null: true of a plain object of any realm, such as a workflow's sandbox.
function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === null || Object.getPrototypeOf(proto) === null
}

function refuse(path: string, found: string): never {
  throw new TributaryError(`${path} holds ${found}, which cannot cross a process boundary.`, {
    code: 'graph/payload',
    facts: { path, found },
    tryThis: 'pass money and large integers as strings, ids and digests in place of objects, and plain data only',
  })
}
