import { expect, test } from 'vitest'
import * as surface from './index.ts'

test('the public surface of datanets is this list of 38 names', () => {
  expect(Object.keys(surface).toSorted()).toMatchInlineSnapshot(`
    [
      "acceptedOf",
      "clustersOf",
      "commitBatch",
      "commitTo",
      "contributionTypedData",
      "curate",
      "defaultCurationOptions",
      "defaultImportLimits",
      "documentOf",
      "doubtAbout",
      "drawQuestions",
      "fromPackages",
      "importBatchTypedData",
      "importCorpus",
      "judgeDuplicates",
      "judgeSamples",
      "listPackages",
      "makeSample",
      "mergeDecisions",
      "noCommitment",
      "nobody",
      "normaliseLicence",
      "payeeOf",
      "permissiveLicences",
      "readDefaultPackages",
      "saltFrom",
      "sampleId",
      "sampleRules",
      "sampleSubset",
      "satisfiesLicence",
      "signContribution",
      "signImportBatch",
      "splitByDocument",
      "toSample",
      "verifyContribution",
      "verifyImportBatch",
      "verifyReveal",
      "versionOf",
    ]
  `)
})
