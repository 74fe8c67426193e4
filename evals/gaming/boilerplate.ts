/** A notice of the kind that stands on every page and says nothing: what an attacker pads its account with. */
const notice =
  `This material is provided for general information only and comes without any warranty of any kind, express or
implied. The authors accept no liability for damage that may arise from its use. Names and marks belong to their owners and are
used for reference alone. Please read the terms of use and the privacy statement before you continue. Parts of this page may be
out of date; please write to the editors where you find an error. All rights that are not expressly granted are reserved. By
continuing you accept that data about your visit may be kept for as long as the law allows. For further help, consult the pages
for frequent questions, or get in touch with the service desk during office hours. Thank you for your interest in our work.`
    .split('\n')
    .join(' ')

/** Twelve long texts of nothing but notices: the same sentences, another one first each time. */
export function boilerplateTexts(): { prompt: string; completion: string }[] {
  const sentences = notice.split(/(?<=[.;])\s+/)
  return Array.from({ length: 12 }, (_, i) => ({
    prompt: `Notice ${i + 1}`,
    completion: Array.from({ length: 24 }, (__, j) => sentences[(i + j) % sentences.length]!).join(' '),
  }))
}
