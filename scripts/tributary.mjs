#!/usr/bin/env node
/**
 * The `tributary` command: packages where there are none, then the CLI on Node 24.
 * Packages that differ from the lock are left to `npm start` and `npm test`: a server that runs from this checkout must
 * not lose them because somebody asks for its status.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureModules } from './setup/ensureModules.mjs'
import { runCli } from './setup/runCli.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)

if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) await ensureModules(root)
await runCli(root, args)
