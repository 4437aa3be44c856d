/** What rules may say of a call's caller, in the words of detect/fields.ts, from what `read` and the binding know. */
import type { ApiCall, LabelFact } from '../call.ts';
import type { CallerFacts, CredentialKind, PasswordFact } from '../identify/facts.ts';

const readable = new Set<string>(['plaintext', 'base64', 'hex']);
const digests = new Set<string>(['md5', 'md5-16', 'sha1', 'sha256', 'sha512', 'bcrypt']);
const encrypted = new Set<string>(['rsa', 'sm2', 'cipher']);

/** Worst first. */
const ranks = ['plaintext', 'base64', 'hex', 'pin-digest', 'digest', 'encrypted'];

/** `plaintext`, `base64`, `hex`, `pin-digest`, `digest`, `encrypted`; empty for a one-time code or a token. */
function wordOf({ form, pin }: PasswordFact): string {
  if (readable.has(form)) return form;
  if (digests.has(form)) return pin ? 'pin-digest' : 'digest';
  return encrypted.has(form) ? 'encrypted' : '';
}

export interface PasswordWords {
  readonly form: string;
  readonly hash: string;
  readonly weak: string;
}

/** Of several passwords the one in the worst form, with its own hash, and the first that is weak. Null when none travelled. */
export function passwordWords({ passwords }: CallerFacts): PasswordWords | null {
  let form = '';
  let weak = '';
  let hash = '';
  for (const fact of passwords) {
    const word = wordOf(fact);
    if (word === '') continue;
    if (form === '' || ranks.indexOf(word) < ranks.indexOf(form)) {
      form = word;
      // The password itself where it can be read: in another form it is still the same one.
      hash = fact.plainHash ?? fact.hash;
    }
    if (weak === '' && fact.weak !== null) weak = fact.weak;
  }
  return form === '' ? null : { form, hash, weak };
}

const urlCredential: Partial<Record<CredentialKind, string>> = {
  session: 'session',
  bearer: 'token',
  token: 'token',
  'refresh-token': 'token',
};
const urlLabels = new Set(['token', 'password', 'secret-key', 'private-key', 'id-card', 'mobile', 'bank-card']);

/** RFC 6960 §A.1: what such a path holds is the question about a certificate, in Base64. */
const ocspAnswer = 'application/ocsp-response';

/** Whether the column of a request's place accepts the label. */
interface Accepting {
  accepts(api: string, direction: 'request', place: string, path: string, label: string): boolean;
}

/** What signs a link to one object for a time (AWS Signature 2 and 4, OSS, OBS, COS) is no credential of its caller. */
const ofSignedLink =
  /^(?:(?:oss|aws|obs)?accesskeyid|googleaccessid|signature|x-(?:amz|oss|obs|goog)-(?:signature|credential|security-token)|security-token|q-(?:ak|signature)|x-cos-security-token)$/i;

/** `entries`: lines `?Expires:number`. */
function isSignedLink(entries: string): boolean {
  return /^\?(?:expires|x-(?:amz|oss|obs|goog)-expires|q-sign-time):/im.test(entries) && /signature:/i.test(entries);
}

/** What the URL holds that it should not, sorted; undefined for nothing. `labels`: those that columns of the request accepted. */
export function urlSecrets(
  call: ApiCall,
  labels: readonly LabelFact[],
  columns: Accepting,
): readonly string[] | undefined {
  let found: Set<string> | undefined;
  for (const { place, kind, certain } of call.caller.credentials) {
    const word = place === 'query' || place === 'path' ? urlCredential[kind] : undefined;
    if (word !== undefined && certain) (found ??= new Set()).add(word);
  }
  for (const { place } of call.caller.passwords) if (place === 'query') (found ??= new Set()).add('password');
  if (labels.length > 0) {
    const isSigned = isSignedLink(call.sent.shapeEntries);
    for (const { place, path, hits } of call.sent.places) {
      if (place !== 'query' && place !== 'path') continue;
      if (isSigned && place === 'query' && ofSignedLink.test(path)) continue;
      for (const { label } of hits) {
        // The body may have what only looked like it in the URL.
        if (label === 'token' && call.responseType === ocspAnswer) continue;
        if (!urlLabels.has(label) || !columns.accepts(call.apiId, 'request', place, path, label)) continue;
        (found ??= new Set()).add(label);
      }
    }
  }
  return found === undefined ? undefined : [...found].sort();
}
