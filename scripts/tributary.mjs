#!/usr/bin/env node
/**
 * The `tributary` command: set-up where something is missing, then the CLI on Node 24.
 * Shell completion asks on every key: it is never kept waiting by a set-up.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureModules } from './setup/ensureModules.mjs'
import { runCli } from './setup/runCli.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)

if (args[0] !== 'complete') await ensureModules(root)
await runCli(root, args)
