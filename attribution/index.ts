export { groupPayees } from './influence/groupPayees.ts'
export { linearScores } from './influence/linearScores.ts'
export { residentRows } from './influence/residentRows.ts'
export { scoreRows, type RowBlock, type RowReader } from './influence/scoreRows.ts'
export { type AnswerQuery, type AttributionMethod, type MethodFacts } from './influence/AttributionMethod.ts'
export { attributionMethods, readMethodIds } from './influence/attributionMethods.ts'
export { bm25 } from './influence/bm25/bm25.ts'
export { wordsOf } from './influence/bm25/wordsOf.ts'
export { counterfactualDeltas } from './influence/counterfactual/counterfactualDeltas.ts'
export { counterfactualForward } from './influence/counterfactual/counterfactualForward.ts'
export { counterfactualLinear } from './influence/counterfactual/counterfactualLinear.ts'
export { parameterImportance } from './influence/counterfactual/parameterImportance.ts'
export { packDelta } from './influence/counterfactual/packDelta.ts'
export { unpackDelta } from './influence/counterfactual/unpackDelta.ts'
export { dataInf, type Segment } from './influence/dataInf/dataInf.ts'
export { fisher } from './influence/fisher/fisher.ts'
export { gradientDot } from './influence/gradientDot/gradientDot.ts'
export { hiddenCosine } from './influence/hiddenCosine/hiddenCosine.ts'
export { tracin, type Checkpoint } from './influence/tracin/tracin.ts'
export { hessianFree } from './influence/hessianFree/hessianFree.ts'
export { sampleInfluence } from './influence/hessianFree/sampleInfluence.ts'
export { stepDiagonals } from './influence/hessianFree/stepDiagonals.ts'
export { encodeUnroll, decodeUnroll } from './influence/unroll/encodeUnroll.ts'
export { feeWeightedGradient } from './influence/unroll/feeWeightedGradient.ts'
export { finalTheta } from './influence/unroll/finalTheta.ts'
export { unroll } from './influence/unroll/unroll.ts'
export { unrollBlock, type OnUnrolled } from './influence/unroll/unrollBlock.ts'
export { unrollEpoch } from './influence/unroll/unrollEpoch.ts'
export { unsplit } from './influence/unsplit.ts'
export { unrollMethod } from './influence/unroll/unrollMethod.ts'
export { startUnroll, type Difference, type UnrollState } from './influence/unroll/UnrollState.ts'
export { splitInsideGroups, type GroupSplit, type SampleOwner } from './influence/splitInsideGroups.ts'
export { toMicroNats } from './influence/toMicroNats.ts'
export { attributeAnswer } from './influence/attributeAnswer.ts'
export { composeAttribution, type ScoredAnswer } from './influence/composeAttribution.ts'
export { apportion } from './shares/apportion.ts'
export { type PayeeScore, type ScoresToWeigh, type ShareRule, type ShareWeights } from './shares/ShareRule.ts'
export { shareRule, shareRules } from './shares/shareRules.ts'
export { concentration, lorenzCurve, type Concentration } from './shares/concentration.ts'
export { partsOfFee, type FeeParts } from './shares/partsOfFee.ts'
export { splitFee, type FeeSplit } from './shares/splitFee.ts'
export { splitEpoch } from './shares/splitEpoch.ts'
export {
  epochBooks,
  type AccountLine,
  type EpochBooks,
  type EpochSplit,
  type FeeOfReceipt,
  type OwedWei,
  type PayeeEarnings,
} from './shares/epochBooks.ts'
export { divideByShares } from './shares/divideByShares.ts'
export { noiseFloor } from './shares/noiseFloor.ts'
export { sampledSemivalue, type CoalitionLoss } from './shares/sampledSemivalue.ts'
export { settleAccounts, type Account, type SettledAccounts } from './shares/settleAccounts.ts'
export { substituteTerm, type SubstituteGroup } from './shares/substituteTerm.ts'
export { defaultRevenueRule, defaultRevenueRuleDigest } from './shares/defaultRevenueRule.ts'
export { linearDatamodelingScore, type Evidence, type Study } from './evidence/linearDatamodelingScore.ts'
export { predictedChanges } from './evidence/predictedChanges.ts'
export { rankCorrelation } from './evidence/rankCorrelation.ts'
export { shareDistance } from './evidence/shareDistance.ts'
export type { AttributionEngine } from './engine/AttributionEngine.ts'
export { attributionEngines, engineOf, firstEngine, type EngineBoard } from './engine/attributionEngines.ts'
export { openInfiniGram } from './tokens/infiniGram/openInfiniGram.ts'
export { slowIndex } from './tokens/slowIndex.ts'
export { appendDocuments, buildIndex, type Appended, type BuildOptions } from './tokens/store/appendDocuments.ts'
export { mergeShards, type Merged } from './tokens/store/mergeShards.ts'
export { openIndex } from './tokens/store/openIndex.ts'
export { takeDown, type TakenDown } from './tokens/store/takeDown.ts'
export { verifyIndex, type Verified } from './tokens/store/verifyIndex.ts'
export type {
  Alphabet,
  DocumentFacts,
  Place,
  Span,
  SpanOptions,
  TextDocument,
  TokenIndex,
} from './tokens/TokenIndex.ts'
export { holdersOf, type Holding } from './tokens/weights/holdersOf.ts'
export { joinedIndex } from './tokens/weights/joinedIndex.ts'
export { provenanceLabel, tokensMethod, traceSymbols, type Traced } from './tokens/weights/traceSymbols.ts'
export { type TokenWeights } from './tokens/weights/weighSpans.ts'
export { separatorOf } from './tokens/separatorOf.ts'
