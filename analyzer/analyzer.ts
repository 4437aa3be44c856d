/**
 * TRANSACTIONS → FINDINGS, composed. Read this first.
 *
 *   exchange events ─▶ read (in the shards: leaves/ identify/ classify/ discover/) ─▶ ApiCall
 *   ApiCall ─▶ merge (one order) ─▶ judge (in one thread: discover/ baseline/ observe/ detect/) ─▶ inventory, findings
 *
 * `read` has no memory beyond its flow and runs on every core; `judge` has all the memory and is light. Between them
 * only calls travel: no body, no clear value.
 */
export type { ApiCall } from './call.ts';
export { CallPacker, type PackedCalls, unpackCalls } from './call-batch.ts';
export type { Example, Recognizer, RecognizerSet } from './classify/recognizer.ts';
export { recognizerNames } from './classify/vocabulary.ts';
export { Judge, type JudgedCall, type JudgeSnapshot } from './judge.ts';
export { Merge } from './merge.ts';
export { CallReader } from './read.ts';
