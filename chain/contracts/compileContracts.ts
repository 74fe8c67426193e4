import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Abi, Hex } from 'viem'
import { TributaryError } from '../../kernel/index.ts'

/** A contract as it is deployed. `immutables` are the byte ranges of the runtime code that the constructor fills in. */
export type CompiledContract = {
  name: string
  abi: Abi
  bytecode: Hex
  runtime: Hex
  immutables: { start: number; length: number }[]
}

export type Compiled = { digest: Hex; compiler: string; contracts: CompiledContract[] }

type SolcOutput = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts: Record<
    string,
    Record<
      string,
      {
        abi: Abi
        evm: {
          bytecode: { object: string }
          deployedBytecode: { object: string; immutableReferences: Record<string, { start: number; length: number }[]> }
        }
      }
    >
  >
}

const folder = dirname(fileURLToPath(import.meta.url))
const modules = join(folder, '..', '..', 'node_modules')

/** Settings of production and of the Forge tests alike (foundry.toml repeats them). */
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'cancun',
  // Without the metadata hash, bytecode depends on the code alone and not on comments or paths.
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode'] } },
}

/**
 * Compiles every contract of this folder with solc-js. The digest covers sources, imports and settings; the result is
 * kept under node_modules/.cache by it. Cost: about 3 s, or nothing when cached.
 * Throws chain/compile with what the compiler says.
 */
export async function compileContracts(): Promise<Compiled> {
  const names = readdirSync(folder).filter((file) => /^[A-Z]\w*\.sol$/.test(file))
  const sources = collectSources(names.toSorted())
  const compiler = (JSON.parse(readFileSync(join(modules, 'solc', 'package.json'), 'utf8')) as { version: string })
    .version
  const input = { language: 'Solidity', sources, settings }
  const digest = `0x${createHash('sha256').update(compiler).update(JSON.stringify(input)).digest('hex')}` as const

  const cached = join(modules, '.cache', 'tributary', `solc-${digest.slice(2, 34)}.json`)
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8')) as Compiled

  // Loaded only here: the compiler is 9 MB of WebAssembly.
  const solc = createRequire(import.meta.url)('solc') as { compile: (input: string) => string }
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    throw new TributaryError('The contracts do not compile.', {
      code: 'chain/compile',
      facts: { errors: errors.length, first: errors[0]?.formattedMessage ?? '' },
      tryThis: 'mend the source named in the message',
    })
  }
  const contracts = names
    .filter((file) => !/^I[A-Z]/.test(file))
    .map((file) => pick(output, file, file.slice(0, -'.sol'.length)))
  const compiled = { digest, compiler, contracts }
  mkdirSync(dirname(cached), { recursive: true })
  writeFileSync(`${cached}.${process.pid}`, JSON.stringify(compiled))
  renameSync(`${cached}.${process.pid}`, cached)
  return compiled
}

function pick(output: SolcOutput, file: string, name: string): CompiledContract {
  const made = output.contracts[file]?.[name]
  if (made === undefined) {
    throw new TributaryError(`${file} holds no contract ${name}.`, {
      code: 'chain/compile',
      facts: { file, name },
      tryThis: 'name the contract after its file',
    })
  }
  const { bytecode, deployedBytecode } = made.evm
  const immutables = Object.values(deployedBytecode.immutableReferences).flat()
  return {
    name,
    abi: made.abi,
    bytecode: `0x${bytecode.object}`,
    runtime: `0x${deployedBytecode.object}`,
    immutables: immutables.toSorted((a, b) => a.start - b.start),
  }
}

/** All sources in one map, imports followed: the compiler then needs no file access. */
function collectSources(names: readonly string[]): Record<string, { content: string }> {
  const sources: Record<string, { content: string }> = {}
  const queue = [...names]
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (sources[name]) continue
    const content = readFileSync(join(name.startsWith('@') ? modules : folder, name), 'utf8')
    sources[name] = { content }
    for (const [, path] of content.matchAll(/^\s*import\s[^;]*?["']([^"']+)["'];/gm)) {
      queue.push(path!.startsWith('.') ? posix.join(posix.dirname(name), path!) : path!)
    }
  }
  return sources
}
