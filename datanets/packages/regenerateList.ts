// Makes defaultPackages.json anew from the installed packages: node datanets/packages/regenerateList.ts [node_modules]
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { listPackages } from './listPackages.ts'
import { defaultPackagesUrl, formatPackageList } from './packageList.ts'

const nodeModules = process.argv[2] ?? fileURLToPath(new URL('../../node_modules', import.meta.url))
const list = await listPackages(nodeModules)
await writeFile(defaultPackagesUrl, formatPackageList(list))
process.stdout.write(`${list.length} packages listed in ${fileURLToPath(defaultPackagesUrl)}\n`)
