import { TributaryError } from '../../../kernel/index.ts'

// Temporal freezes these, so they are the same for ever; Date, timers and WeakRef it replaces, and they are not here.
const names =
  'Object,Array,Map,Set,WeakMap,WeakSet,Symbol,Promise,Reflect,Proxy,String,Number,Boolean,BigInt,JSON,Math,RegExp,' +
  'parseInt,parseFloat,isNaN,Error,TypeError,RangeError,AggregateError,Uint8Array,Uint32Array,ArrayBuffer,DataView'
const start = 'var __TEMPORAL__;(()=>{'

/**
 * The same bundle with JavaScript's own objects as constants of its outermost function. In a `vm` context each mention of a global
 * asks Node's interceptor in C++, and no inline cache helps: that was a fifth of a superstep.
 * Throws graph/bundle-failed where the bundle begins otherwise than Temporal's does.
 */
export function nearGlobals(code: string): string {
  if (!code.startsWith(start)) {
    throw new TributaryError('The bundle does not begin as those of Temporal do.', {
      code: 'graph/bundle-failed',
      facts: { begins: code.slice(0, 60) },
      tryThis: "another version of Temporal's bundler: mend nearGlobals",
    })
  }
  return `${start}const{${names}}=globalThis;${code.slice(start.length)}`
}
