import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const elsewhere = new Set(['node_modules', 'dist', 'coverage', 'fixtures'])

function markdownFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || elsewhere.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Targets of links and pictures that lie in the checkout; code is no link. */
function relativeLinks(markdown: string): string[] {
  const prose = markdown.replaceAll(/```[^]*?```/g, '').replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => (/^[a-z]+:/.test(target) ? [] : [target]))
}

/** The anchors that a page has: its headings as GitHub writes them. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('every relative link of at least 10 pages and 300 links names a file, and its anchor a heading', () => {
  const pages = markdownFiles()
  const broken: string[] = []
  let links = 0
  for (const page of pages) {
    for (const target of relativeLinks(readFileSync(page, 'utf8'))) {
      links++
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? page : join(dirname(page), file)
      if (!existsSync(path)) broken.push(`${relative(root, page)}: ${target}`)
      else if (anchor !== undefined && !anchorsOf(path).includes(anchor))
        broken.push(`${relative(root, page)}: ${target}`)
    }
  }
  expect(broken).toEqual([])
  expect(pages.length).toBeGreaterThanOrEqual(10)
  expect(links).toBeGreaterThanOrEqual(300)
})

test('what the pages copy from the source and from the run is fresh: 9 pages or more', () => {
  const node = join(root, 'node_modules', '.bin', 'node')
  const program = existsSync(node) ? node : process.execPath
  const { stdout, stderr } = spawnSync(program, ['scripts/docs.ts', '--check'], { cwd: root, encoding: 'utf8' })
  const [, looked] = /^(\d+) pages looked at, 0 stale$/m.exec(stdout + stderr) ?? [stdout + stderr, 0]
  expect(Number(looked)).toBeGreaterThanOrEqual(9)
})

test('the run of the README adds up: received = paid + treasury + pools, claimed = paid, loss fell, all audits pass', () => {
  const run = JSON.parse(readFileSync(join(root, 'docs/runs/tour.json'), 'utf8')) as {
    settlement: Record<'receivedWei' | 'paidWei' | 'treasuryWei' | 'poolWei' | 'claimedWei', string>
    adapter: { heldOutLossBefore: number; heldOutLossAfter: number }
    answers: unknown[]
    audits: { verdict: string }[]
  }
  const { receivedWei, paidWei, treasuryWei, poolWei, claimedWei } = run.settlement
  expect(BigInt(receivedWei)).toBe(BigInt(paidWei) + BigInt(treasuryWei) + BigInt(poolWei))
  expect(claimedWei).toBe(paidWei)
  expect(run.adapter.heldOutLossAfter).toBeLessThan(run.adapter.heldOutLossBefore)
  expect(run.answers.length).toBeGreaterThanOrEqual(12)
  expect(run.audits.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS'])
})

test('no page names a path of a machine', () => {
  const pages = [...markdownFiles(), join(root, 'docs/runs/tour.json'), join(root, 'docs/pictures/summary.svg')]
  const named = pages.filter((page) => /(?<![\w.])\/(?:home|root|tmp|Users|work)\//.test(readFileSync(page, 'utf8')))
  expect(named.map((page) => relative(root, page))).toEqual([])
})
