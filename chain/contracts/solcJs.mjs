#!/usr/bin/env node
// solc-js in the guise of the native compiler, as far as Forge asks: --version, and --standard-json from stdin.
// Where TRIBUTARY_SOLC_PORT names one (serveSolc.ts), a process that has the compiler loaded already answers instead.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'

const wanted = process.argv.slice(2)
const port = process.env['TRIBUTARY_SOLC_PORT']
if (wanted.includes('--version')) write(await asked('version'))
else if (wanted.includes('--standard-json')) write(await asked('compile', readFileSync(0, 'utf8')))
else {
  process.stderr.write(`solcJs.mjs: not supported: ${wanted.join(' ')}\n`)
  process.exitCode = 1
}

/**
 * @param {'version' | 'compile'} what
 * @param {string} [input]
 * @returns {Promise<string>}
 */
async function asked(what, input = '') {
  if (port !== undefined) return fromServer(Number(port), JSON.stringify({ what, input }))
  /** @type {{ version: () => string, compile: (input: string) => string }} */
  const solc = createRequire(import.meta.url)('solc') // eslint-disable-line typescript/no-unsafe-assignment -- JSDoc types it
  return what === 'compile' ? solc.compile(input) : versionText(solc.version())
}

/**
 * @param {number} at
 * @param {string} question
 * @returns {Promise<string>}
 */
function fromServer(at, question) {
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const chunks = []
    const socket = connect({ port: at, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', reject)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    socket.end(question)
  })
}

/** @param {string} version */
function versionText(version) {
  return `solc, the solidity compiler commandline interface\nVersion: ${version.replace(/\.Emscripten\.clang$/, '.Linux.g++')}\n`
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
