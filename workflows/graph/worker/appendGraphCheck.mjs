import { fileURLToPath } from 'node:url'

const graphCheck = fileURLToPath(new URL('../graphCheck.ts', import.meta.url))

/**
 * A webpack loader for the workflows' entry file: adds the workflow by which checkGraphs looks into the bundle.
 *
 * @param {string} source
 */
export default function appendGraphCheck(source) {
  return `${source}\nexport { graphCheck } from ${JSON.stringify(graphCheck)};\n`
}
