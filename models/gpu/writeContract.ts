/** `node models/gpu/writeContract.ts`: writes schemas and golden values for the Python side anew. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractFiles } from './contractFiles.ts'

const dir = join(import.meta.dirname, 'tributary_gpu', 'contract')
mkdirSync(dir, { recursive: true })
for (const [name, text] of Object.entries(await contractFiles())) writeFileSync(join(dir, name), text)
