import { payeeIdString, type PayeeId, type Sample } from '../../kernel/index.ts'
import { normaliseLicence } from '../curation/licence.ts'
import { sectionCharacters } from '../import/readFolder.ts'
import { makeSample } from '../makeSample.ts'
import { cutSections } from '../markdown/cutSections.ts'
import { sectionPrompt } from '../markdown/sectionPrompt.ts'
import type { FoundPackage } from './readPackage.ts'

/**
 * The samples of a package's README: its sections of 150 to 4,000 characters, asked for by package and heading.
 * Source: `package@version#heading`. An unknown or missing licence is kept as written: curation rejects it with a reason.
 */
export function cutReadme({ name, version, licence, text }: FoundPackage): Sample[] {
  const samples: Sample[] = []
  for (const section of cutSections(text)) {
    const { length } = section.text
    if (length < sectionCharacters.least || length > sectionCharacters.most || !section.text.isWellFormed()) continue
    samples.push(
      makeSample({
        prompt: sectionPrompt(name, section),
        completion: section.text,
        payee: payeeOfPackage(name),
        licence: normaliseLicence(licence) ?? licence,
        source: `${name}@${version}#${section.heading || 'top'}`,
      }),
    )
  }
  return samples
}

/**
 * Who is paid for a package: its scope, since npm lets only one publisher publish under it, or else the package itself.
 * Control of either is proved by publishing. Fields that name people are never read.
 */
export function payeeOfPackage(name: string): PayeeId {
  return payeeIdString.parse(`npm:${name.startsWith('@') ? name.slice(0, name.indexOf('/')) : name}`)
}
