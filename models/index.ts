export {
  adapterLayout,
  sameLayout,
  type AdapterLayout,
  type AdapterModule,
  type LoraStrength,
} from './adapters/AdapterLayout.ts'
export { initialAdapter, zeroAdapter, type Adapter } from './adapters/Adapter.ts'
export { adapterSegments } from './adapters/adapterSegments.ts'
export { adapterDigest } from './adapters/encodePeft.ts'
export { readPeft } from './adapters/readPeft.ts'
export { peftFiles, writePeft } from './adapters/writePeft.ts'
export { openExternalEngine } from './backends/openExternalEngine.ts'
export { postChat } from './backends/upstream/postChat.ts'
export { upstreamCard, upstreamRecipe, type UpstreamCard } from './backends/upstream/upstreamCard.ts'
export { withUpstreams } from './backends/upstream/withUpstreams.ts'
export { serveConfig } from './backends/serveConfig.ts'
export { Admission } from './serve/Admission.ts'
export type { AnswerEngine, AnswerRequest, StampedAnswer } from './engine/AnswerEngine.ts'
export { addBase, type AddBaseOptions } from './bases/addBase.ts'
export { baseOfHome, keepBase } from './bases/baseOfHome.ts'
export { listBases, type ListedBase } from './bases/listBases.ts'
export type { MemoryNeeds } from './bases/memoryNeeds.ts'
export { openSource } from './bases/openSource.ts'
export { surveyModel, type ModelSurvey } from './bases/surveyModel.ts'
export { answerCancelled } from './engine/answerCancelled.ts'
export { createEngine, defaultLayout, type EngineOptions } from './engine/createEngine.ts'
export type {
  Answer,
  AnswerGradientRequest,
  AnswerLosses,
  AnswerLossesRequest,
  Engine,
  EngineMode,
  GenerateRequest,
  GradientRow,
  RowGradient,
} from './engine/Engine.ts'
export { deviceStamp, gpuActivities, gpuQueue, type DeviceStamp, type GpuActivities } from './gpu/contract.ts'
export { gpuJob, readDeviceStamp } from './gpu/gpuJob.ts'
export { gpuDevices, gpuTrain, type GpuTrained } from './gpu/gpuTrain.ts'
export { packInt4, type PackInt4Options } from './int4/packInt4.ts'
export type { Int4Weights } from './int4/openInt4.ts'
export { readLogits } from './int4/readLogits.ts'
export { fileDigest } from './load/fileDigest.ts'
export { openBase, type BaseModel } from './load/openBase.ts'
export { prepareBase, type PrepareBaseOptions } from './load/prepareBase.ts'
export { unsupportedTraits, type Trait } from './load/unsupportedTraits.ts'
export { checkSchema } from './schema/checkSchema.ts'
export { answerPieces } from './serve/answerPieces.ts'
export type { Place } from './serve/Admission.ts'
export { tinyBase } from './load/tinyBase.ts'
export { createTokenizer, type ChatMessage, type Tokenizer } from './load/Tokenizer.ts'
export { encodeSample } from './train/encodeSample.ts'
export { encodeRow, type EncodedRow } from './train/EncodedRow.ts'
export {
  dropScratch,
  finishRun,
  heldOutLosses,
  trainingRecord,
  type FinishedAdapter,
  type FinishedRun,
} from './train/finishRun.ts'
export { gradientOracle } from './train/gradientOracle.ts'
export { openPath, writePath } from './train/pathFile.ts'
export { writeAtomic } from './load/writeAtomic.ts'
export { retrain, type RetrainOptions } from './train/retrain.ts'
export { chooseStep, type ValidationLoss } from './train/chooseStep.ts'
export { namedRecipe, recipeNames, type RecipeName } from './train/namedRecipes.ts'
export { parseRecipe } from './train/parseRecipe.ts'
export { openRun, prepareRun, type Run, type RunRequest } from './train/prepareRun.ts'
export { recipeDigest, recipeLayout, recipeOf, recipeSchema, type Recipe } from './train/recipe.ts'
export { runBlock, type BlockRequest, type BlockResult, type StepDone } from './train/runBlock.ts'
export { stateFile } from './train/runFiles.ts'
export { smoothnessOf } from './train/smoothness.ts'
export { nobody, type SkippedSample } from './train/trainingPlan.ts'
export { readState, type TrainingState } from './train/trainingState.ts'
export {
  allTargets,
  openGraph,
  pretrainGraph,
  tinyLlama,
  type LlamaConfig,
  type Target,
  type TinyLlama,
  type WeightIndex,
} from './graph/index.ts'
export { seededUniform } from './serve/seededUniform.ts'
