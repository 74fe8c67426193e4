import { fileURLToPath } from 'node:url'

/** @param {string} name */
const beside = (name) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)))

/**
 * A webpack loader for the workflows' entry file: adds the workflow by which checkGraphs looks into the bundle, and one for
 * every type that the file does not have, where it has none of its own.
 *
 * @param {string} source
 */
export default function appendGraphCheck(source) {
  const hasDefault = /\bexport\s+default\b|\bas\s+default\b/.test(source)
  const fallback = hasDefault ? '' : `export { noSuchGraph as default } from ${beside('../noSuchGraph.ts')};\n`
  return `${source}\nexport { graphCheck } from ${beside('../graphCheck.ts')};\n${fallback}`
}
