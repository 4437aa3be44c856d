/** What is known of APIs, accounts and clients as rows of the tables `apis`, `schemas` and `profiles`. */
import type { JudgedApi, StoredSchema, SubjectProfile } from '../analyzer/analyzer.ts';
import type { Row } from '../storage/store/store.ts';

export function apiRow({ life, ...api }: JudgedApi, version: number): Row {
  return {
    ...api,
    firstSuccess: life?.first ?? 0,
    lastSuccess: life?.last ?? 0,
    revivals: life?.revivals ?? [],
    version,
  };
}

export function profileRow({ kind, app, id, profile }: SubjectProfile, version: number): Row {
  return { kind, app, id, payload: JSON.stringify(profile), version };
}

export function schemaRow(
  { apiId, app, ...schema }: StoredSchema & { readonly apiId: string; readonly app: string },
  version: number,
): Row {
  return { id: apiId, app, payload: JSON.stringify(schema), version };
}
