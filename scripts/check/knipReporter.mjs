import { relative } from 'node:path'

/** knip's findings and how many files it looked at, as one JSON object: its own reporters leave the count out.
 * @type {import('knip').Reporter} */
export default function knipReporter({ issues, counters, report, cwd }) {
  const findings = []
  for (const [kind, files] of Object.entries(issues)) {
    if (!(/** @type {Record<string, boolean>} */ (report)[kind])) continue
    for (const byName of Object.values(files)) {
      for (const issue of Object.values(byName))
        findings.push(`${relative(cwd, issue.filePath)}: ${kind}: ${issue.symbol}`)
    }
  }
  process.stdout.write(JSON.stringify({ looked: counters.total, findings }))
}
