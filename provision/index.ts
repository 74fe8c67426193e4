export { cacheFolder } from './cacheFolder.ts'
export { findTemporal, type TemporalSource } from './findTemporal.ts'
export { noTemporal, resolveTemporal } from './resolveTemporal.ts'
export { cachedTemporal, temporalVersion } from './temporalVersion.ts'
