#!/usr/bin/env node
// solc-js in the guise of the native compiler, as far as Forge asks: --version, and --standard-json from stdin.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'

/** @type {{ version: () => string, compile: (input: string) => string }} */
const solc = createRequire(import.meta.url)('solc') // eslint-disable-line typescript/no-unsafe-assignment -- JSDoc types it

const wanted = process.argv.slice(2)
if (wanted.includes('--version')) {
  const version = solc.version().replace(/\.Emscripten\.clang$/, '.Linux.g++')
  write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else if (wanted.includes('--standard-json')) {
  write(solc.compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write(`solcJs.mjs: not supported: ${wanted.join(' ')}\n`)
  process.exitCode = 1
}

// process.exit or a slow pipe would cut a large output: write it all before we end.
/** @param {string} text */
function write(text) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error
    }
  }
}
