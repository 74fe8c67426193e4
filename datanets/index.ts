export { documentOf, makeSample, sampleId } from './makeSample.ts'
export { importCorpus, type Imported, type ImportOptions } from './import/importCorpus.ts'
export { defaultImportLimits, type ImportLimits } from './import/limits.ts'
export { payeeOf } from './import/payeeOf.ts'
export { toSample, type ImportedSample, type RecordRules } from './import/toSample.ts'
export { fromPackages, type FromPackages, type PackageDifference } from './packages/fromPackages.ts'
export { listPackages } from './packages/listPackages.ts'
export { readDefaultPackages, type ListedPackage } from './packages/packageList.ts'
export { commitBatch, commitTo, saltFrom, verifyReveal, type CommittedBatch } from './contributions/commitment.ts'
export { signContribution, signImportBatch } from './contributions/signContribution.ts'
export {
  contributionTypedData,
  importBatchTypedData,
  nobody,
  noCommitment,
  type ContributionTerms,
  type ImportBatch,
  type SigningScope,
} from './contributions/typedData.ts'
export { verifyContribution, verifyImportBatch } from './contributions/verifyContribution.ts'
export { curate, judgeDuplicates, judgeSamples, mergeDecisions } from './curation/curate.ts'
export { doubtAbout } from './curation/doubtAbout.ts'
export { normaliseLicence, permissiveLicences, satisfiesLicence } from './curation/licence.ts'
export { defaultCurationOptions, type CurationOptions, type CurationRule } from './curation/rule.ts'
export { sampleRules } from './curation/rules/index.ts'
export { drawQuestions } from './versions/drawQuestions.ts'
export { sampleSubset } from './versions/sampleSubset.ts'
export { splitByDocument } from './versions/splitByDocument.ts'
export { acceptedOf, clustersOf, versionOf, type DatanetCard, type DatanetVersion } from './versions/versionOf.ts'
