/** For a process that gets a fault: `node --import plantFault.ts?fault=<name> …` changes one source as it is loaded. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { faultySource } from './faultySource.ts'

const { fault, victim } = faultySource(new URL(import.meta.url).searchParams.get('fault') ?? '')

registerHooks({
  load(url, context, next) {
    if (url !== victim) return next(url, context)
    const source = fault(readFileSync(fileURLToPath(url), 'utf8'))
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
