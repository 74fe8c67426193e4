import { headingOf, type CurationRule } from '../rule.ts'

// Headings as they are found in real READMEs, with an emoji before or after them or without.
const heading = (names: string) => new RegExp(`^[^\\p{L}]*(?:${names})[^\\p{L}]*$`, 'iu')

const licenceHeading = heading(
  '(the )?(mit |isc |bsd )?licen[sc](e|es|ing)( (and|&) .*| notice| information)?|copyright.*|legal|\\(?the mit licen[sc]e\\)?',
)
const licenceText =
  /permission is hereby granted, free of charge|redistribution and use in source and binary forms|licensed under the apache license, version 2\.0 \(the "license"\)/i

export const qualityLicenceText: CurationRule = {
  id: 'quality/licence-text',
  about: 'A licence notice teaches nothing about its subject.',
  check: (sample) =>
    licenceHeading.test(headingOf(sample)) || licenceText.test(sample.completion)
      ? 'It is a licence notice. The licence is kept in its own field; leave the notice out.'
      : undefined,
}

const sponsorHeading = heading(
  '.*\\b(sponsor(s|ing|ship)?|backers?|donat(e|ions?)|funding|financial contributors|supporters|patrons|support (us|me|the project|this project)|open-source software support)\\b.*',
)
const sponsorLink =
  /opencollective\.com|patreon\.com|github\.com\/sponsors|buymeacoffee|ko-fi\.com|paypal\.(me|com)|polar\.sh|tidelift\.com/gi

export const qualitySponsors: CurationRule = {
  id: 'quality/sponsors',
  about: 'Lists of sponsors and calls for donations are left out.',
  check: (sample) =>
    sponsorHeading.test(headingOf(sample)) || (sample.completion.match(sponsorLink)?.length ?? 0) >= 3
      ? 'It is a list of sponsors or a call for donations. Contribute the text without it.'
      : undefined,
}

const peopleHeading = heading(
  '(original )?(authors?|contributors?|maintainers?|(core )?team( members)?|acknowledge?ments?|credits?|thanks( to)?|special thanks|who(.s| is) behind.*|developers?|people)( (and|&) .*)?|meet the team',
)

export const qualityPeople: CurationRule = {
  id: 'quality/people',
  about: 'Lists of people are left out: they are personal data and no knowledge.',
  check: (sample) =>
    peopleHeading.test(headingOf(sample))
      ? 'It is a list of people under the heading of authors, contributors or thanks. Contribute the text without it.'
      : undefined,
}
