/**
 * TRANSACTIONS → FINDINGS, composed. Read this first.
 *
 *   exchange events ─▶ read (in the shards: leaves/ identify/ classify/ discover/) ─▶ ApiCall
 *   ApiCall ─▶ merge (one order) ─▶ judge (in one thread: discover/ baseline/ observe/ detect/) ─▶ inventory, findings
 *
 * `read` has no memory beyond its flow and runs on every core; `judge` has all the memory and is light. Between them
 * only calls travel: no body, no clear value.
 */
export type { Profile, SubjectProfile } from './baseline/profiles.ts';
export type { ApiCall } from './call.ts';
export { CallPacker, NUMBERS, type PackedCalls, WORDS } from './call-batch.ts';
export { Classifier } from './classify/classifier.ts';
export { classifiedLabels, labelLevels, labelSensitivities, provenLabels } from './classify/labels.ts';
export type { Example, Recognizer, RecognizerSet } from './classify/recognizer.ts';
export { recognizerNames } from './classify/vocabulary.ts';
export { compileRules, type RuleSet } from './detect/compile.ts';
export { runExamples } from './detect/examples.ts';
export { describeProblem } from './detect/source.ts';
export { type RefusedRule, type StoredCall, Trial } from './detect/trial.ts';
export { bareTemplate, DeclaredTemplates } from './discover/declared-templates.ts';
export type { Alias } from './discover/learn/templates.ts';
export { patternOf, type TemplateWord } from './discover/learn/words-of-people.ts';
export { type LifecyclePeriods, type Transition, transitionsUntil } from './discover/lifecycle.ts';
export {
  type SchemaChange,
  type SchemaField,
  type SchemaView,
  type StoredSchema,
  schemaView,
} from './discover/schema-view.ts';
export type { Finding } from './finding.ts';
export { type HandshakeSum, HandshakeTally, handshakesId } from './handshakes.ts';
export { normalizeAccount } from './identify/account.ts';
export { canonicalCidr, cidrProblem } from './identify/cidr.ts';
export { Judge, type JudgedApi, type JudgedCall, type JudgeOptions } from './judge.ts';
export { type JudgeSnapshot, judgeVersion } from './judge-snapshot.ts';
export { type FieldMark, fieldMatcher } from './judging/field-marks.ts';
export { type LearntEntry, learntFrom } from './judging/learnt.ts';
export { type KnownNetwork, knownClients } from './judging/networks.ts';
export { nowhere, type Place, Places } from './judging/places.ts';
export type { RegisterEntry } from './judging/register.ts';
export { deriveKey, KeyedHash, type KeyPurpose } from './keyed-hash.ts';
export { clientKinds } from './known-client.ts';
export type { Learnt, Lesson, Quantity } from './learnt.ts';
export { Merge } from './merge.ts';
export { marksOf, type TlsMark } from './observe/tls-marks.ts';
export { type PackedCall, packedCalls, unpackCalls } from './packed-call.ts';
export { type ProtoField, type ProtoKind, type ProtoTable, protoScalars } from './proto-table.ts';
export { CallReader, type ReadOptions, ReadTools } from './read.ts';
export { type ClearValue, clearValues } from './reading/clear-values.ts';
export type { LearningWord } from './teaching.ts';
