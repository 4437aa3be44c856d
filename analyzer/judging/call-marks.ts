/** What judge asks of a call's facts, each in one word. */
import type { ApiCall, LabelFact } from '../call.ts';
import { pictures, proofs, receipts } from '../discover/traits/data.ts';
import type { CallerFacts, CredentialFact, IssuedFact } from '../identify/facts.ts';

/** Of the number that a message is sent to. */
export function mobileOf({ sent }: ApiCall): string | undefined {
  const value = sent.values.find(({ label }) => label === 'mobile');
  return value === undefined ? undefined : `${value.high}-${value.low}`;
}

/** A secret in the content is exchanged for a token. */
export function exchangesForToken({ issued, credentials }: CallerFacts): boolean {
  return issued.some(isToken) && credentials.every(isInBody);
}

function isToken({ place, kind }: IssuedFact): boolean {
  return place === 'body' && (kind === 'bearer' || kind === 'token');
}

/** A secret that is exchanged for a token, not a session that goes on. */
function isInBody({ place }: CredentialFact): boolean {
  return place === 'body';
}

export function isPicture({ label }: LabelFact): boolean {
  return pictures.has(label);
}

export function isOfPersons({ label }: LabelFact): boolean {
  return !proofs.has(label) && !receipts.has(label);
}

export function isCertain({ certain }: { readonly certain: boolean }): boolean {
  return certain;
}
