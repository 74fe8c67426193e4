import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { cutSections } from '../markdown/cutSections.ts'
import { sectionPrompt } from '../markdown/sectionPrompt.ts'
import { badInput } from './badInput.ts'
import type { ImportLimits } from './limits.ts'
import type { RawRecord } from './rawRecord.ts'
import { decodeText, readBytes } from './readText.ts'

/** Sections shorter than this say little alone; longer ones than this don't fit a training window. Characters. */
export const sectionCharacters = { least: 150, most: 4000 }

/** The digest inputs of an import: each file that was read. */
export type ReadFile = { file: string; bytes: Uint8Array }

/**
 * The records of a folder of Markdown and text: the first sub-folder is the contributor, Markdown is cut at headings,
 * text at blank lines. A licence is taken from an `SPDX-License-Identifier:` line of the file, or of a file LICENSE or
 * LICENCE beside it or in a folder above, up to the root. Links and hidden files are passed over. Order: by path.
 * Throws datanets/missing, datanets/empty (no such file in it), datanets/oversize, datanets/not-utf8, ….
 */
export async function readFolder(
  root: string,
  limits: ImportLimits,
): Promise<{ records: RawRecord[]; files: ReadFile[] }> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
    .toSorted((a, b) => (a < b ? -1 : 1))
  const texts = paths.filter((path) => /\.(md|markdown|txt)$/i.test(path) && !isLicence(path))
  if (texts.length === 0) {
    throw badInput('datanets/empty', 'the folder holds no .md, .markdown or .txt file.', {
      place: { file: root },
      tryThis: 'name a folder with one sub-folder per contributor, and Markdown or text in them',
    })
  }
  const licences = new Map<string, string>()
  for (const path of paths.filter(isLicence)) {
    const found = spdxLine(new TextDecoder().decode(await readBytes(join(root, path), path, 2 ** 20)))
    if (found !== undefined) licences.set(folderOf(path), found)
  }
  const records: RawRecord[] = []
  const files: ReadFile[] = []
  let total = 0
  for (const path of texts) {
    const bytes = await readBytes(join(root, path), path, limits.fileBytes)
    if ((total += bytes.length) > limits.totalBytes) {
      throw badInput('datanets/oversize', `the files of the folder have more than ${limits.totalBytes} bytes.`, {
        place: { file: path },
        facts: { maxBytes: limits.totalBytes },
        tryThis: 'import its sub-folders one after the other',
      })
    }
    const text = decodeText(bytes, path)
    files.push({ file: path, bytes })
    const licence = spdxLine(text) ?? nearest(licences, path)
    const contributor = path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined
    const common = {
      ...(contributor === undefined ? {} : { contributor }),
      ...(licence === undefined ? {} : { licence }),
    }
    records.push(...cut(text, path).map((part) => ({ ...common, ...part })))
  }
  return { records, files }
}

function cut(text: string, path: string): RawRecord[] {
  const fits = ({ length }: string) => length >= sectionCharacters.least && length <= sectionCharacters.most
  if (path.toLowerCase().endsWith('.txt')) {
    let line = 1
    return text.split(/(\n\s*\n)/).flatMap((block) => {
      const place = { file: path, line }
      line += block.split('\n').length - 1
      return fits(block.trim()) ? [{ place, text: block, source: `${path}#${place.line}` }] : []
    })
  }
  const document = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  return cutSections(text).flatMap((section) => {
    if (!fits(section.text)) return []
    const place = { file: path, line: section.line }
    const source = `${path}#${section.heading || section.line}`
    return [{ place, prompt: sectionPrompt(document, section), completion: section.text, source }]
  })
}

function isLicence(path: string): boolean {
  return /(^|\/)licen[sc]e(\.\w+)?$/i.test(path)
}

function spdxLine(text: string): string | undefined {
  return /SPDX-License-Identifier:\s*([^\r\n*]+?)\s*(?:-->|\*\/)?\s*$/m.exec(text.slice(0, 4096))?.[1]
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function nearest(licences: ReadonlyMap<string, string>, path: string): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const found = licences.get(folder)
    if (found !== undefined || folder === '') return found
  }
}
