import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher } from '@mlc-ai/web-xgrammar'
import { TributaryError } from '../../kernel/index.ts'
import { answerCalls } from '../engine/answerCalls.ts'
import { grammarSchema } from './grammarSchema.ts'
import { grammarVocabulary } from './grammarVocabulary.ts'
import { loadXgrammar } from './loadXgrammar.ts'
import type { SchemaCalls } from './schemaCalls.ts'

type Xgrammar = ReturnType<typeof loadXgrammar>
type Loaded = { xgrammar: Xgrammar; compiler: GrammarCompiler }

/** A compiled schema holds some 100 KB: so many are kept, the one that was used last the longest. */
const keptSchemas = 32

let opening: SchemaCalls['open']['input'] | undefined
let loading: Promise<Loaded> | undefined
const compiled = new Map<string, CompiledGrammar>()
const matchers = new Map<number, GrammarMatcher>()

answerCalls<SchemaCalls>({
  open: (input) => {
    opening = input
    return null
  },
  compile: async ({ schema }) => {
    await compile(schema)
    return null
  },
  start: async ({ id, schema }) => {
    const grammar = await compile(schema)
    const { xgrammar } = await loaded()
    const matcher = await xgrammar.GrammarMatcher.createGrammarMatcher(grammar)
    matchers.set(id, matcher)
    return maskOf(matcher)
  },
  accept: async ({ id, token }) => {
    const matcher = matchers.get(id)
    if (!matcher?.acceptToken(token)) throw new Error(`token ${token} was not allowed`)
    return maskOf(matcher)
  },
  end: ({ id }) => {
    matchers.get(id)?.dispose()
    matchers.delete(id)
    return null
  },
})

async function maskOf(matcher: GrammarMatcher): Promise<Int32Array> {
  // A copy: the original lies in the memory of the WebAssembly.
  return (await matcher.getNextTokenBitmask()).slice()
}

function loaded(): Promise<Loaded> {
  loading ??= load()
  return loading
}

async function load(): Promise<Loaded> {
  if (!opening) throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
  const { dir, eos, vocabulary } = opening
  const json: unknown = JSON.parse(await readFile(join(dir, 'tokenizer.json'), 'utf8'))
  const { tokens, type } = grammarVocabulary(json, vocabulary)
  const xgrammar = loadXgrammar()
  const info = await xgrammar.TokenizerInfo.createTokenizerInfo(tokens, type, false, vocabulary, [eos])
  return { xgrammar, compiler: await xgrammar.GrammarCompiler.createGrammarCompiler(info, false) }
}

/** On one line, `", "` and `": "` between parts: white space as one likes would let a small model go on with it for ever. */
async function compile(schema: string): Promise<CompiledGrammar> {
  const known = compiled.get(schema)
  compiled.delete(schema)
  const { compiler } = await loaded()
  const text = JSON.stringify(grammarSchema(JSON.parse(schema)))
  const grammar = known ?? (await compiler.compileJSONSchema(text, false, -1, undefined, false).catch(refuse))
  compiled.set(schema, grammar)
  for (const [oldest, unused] of compiled) {
    if (compiled.size <= keptSchemas) break
    unused.dispose()
    compiled.delete(oldest)
  }
  return grammar
}

function refuse(cause: unknown): never {
  // The library aborts in the middle of its work: what it leaves is not used again by new answers.
  loading = undefined
  compiled.clear()
  throw new TributaryError('No answer can follow this schema.', {
    code: 'models/schema',
    facts: { reason: 'it contradicts itself' },
    tryThis: 'look for a minimum above its maximum, a $ref to nothing, and required properties that are not described',
    cause,
  })
}
