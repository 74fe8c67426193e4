export { TributaryError, type ErrorDetails, type Facts } from './TributaryError.ts'
export { findError } from './findError.ts'
export { canonicalBytes, canonicalText } from './canonicalBytes.ts'
export { digestBytes, digestOf, digestText } from './digest.ts'
export { digestRoot, digestTree, verifyDigestProof, type DigestProof, type DigestTree } from './digestTree.ts'
export { devServerFileSettings, devServerSettings } from './devServerSettings.ts'
export {
  approvalRefused,
  approvalRequestIn,
  approvalRequired,
  canonicalAction,
  type ApprovalRequest,
  type ApprovalVerdict,
} from './approval.ts'
export { saltedDigest } from './saltedDigest.ts'
export { toWeiString } from './wei.ts'
export {
  addressString,
  digestString,
  payeeIdString,
  ppmInteger,
  weiString,
  type Address,
  type Digest,
  type PayeeId,
  type Ppm,
  type WeiString,
} from './schemas.ts'
export {
  attributionSchema,
  attributionTiers,
  decisionSchema,
  engineDocumentSchema,
  engineStampSchema,
  receiptSchema,
  revenueRuleSchema,
  sampleSchema,
  type AttestedStamp,
  type Attribution,
  type AttributionTier,
  type Decision,
  type EngineDocument,
  type EngineStamp,
  type ExternalStamp,
  type Receipt,
  type RevenueRule,
  type Sample,
} from './records.ts'
export type { RecordedOptimiser, RecordedStep, TrainingRecord } from './trainingRecord.ts'
export { optimiserStep, type OptimiserState } from './optimiserStep.ts'
export type { GradientOracle, PathStep, Trainer, TrainingPath } from './trainingPath.ts'
