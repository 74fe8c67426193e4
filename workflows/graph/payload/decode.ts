import '../sandbox/polyfills.ts'
import { mapStoredMessageToChatMessage, RemoveMessage, type StoredMessage } from '@langchain/core/messages'
import { Command, Send } from '@langchain/langgraph/web'
import { hexToBytes } from '@noble/hashes/utils.js'
import { TributaryError } from '../../../kernel/index.ts'
import { tag, type Json } from './encode.ts'

/** The value behind its JSON form; undoes `encode`. Throws graph/payload on a tag of another version. */
export function decode(form: Json): unknown {
  if (form === null || typeof form !== 'object') return form
  if (Array.isArray(form)) return form.map(decode)
  const kind = form[tag] as string | undefined
  switch (kind) {
    case undefined:
      return decodeFields(form)
    case 'object':
      return decodeFields(form.fields)
    case 'message':
      return mapStoredMessageToChatMessage(storedMessage(form))
    case 'remove':
      return new RemoveMessage({ id: form.id as string })
    case 'send':
      return new Send(form.node as string, decode(form.args ?? null))
    case 'command':
      return new Command(decodeFields(form.fields))
    case 'date':
      return new Date(form.iso as string)
    case 'map':
      return new Map(decode(form.entries ?? null) as [unknown, unknown][])
    case 'set':
      return new Set(decode(form.items ?? null) as unknown[])
    case 'bytes':
      return hexToBytes(form.hex as string)
    default:
      throw new TributaryError('A payload carries a tag that this version does not know.', {
        code: 'graph/payload',
        facts: { tag: JSON.stringify(kind) },
        tryThis: 'read it with the version of this project that wrote it',
      })
  }
}

function decodeFields(form: Json | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries((form ?? {}) as Record<string, Json>).map(([key, item]) => [key, decode(item)]),
  )
}

function storedMessage(form: { [key: string]: Json }): StoredMessage {
  return { type: form.type as string, data: decodeFields(form.data) as StoredMessage['data'] & object }
}
