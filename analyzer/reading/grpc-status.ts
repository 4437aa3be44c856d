/**
 * How a gRPC call went: its status comes in the trailers, in the head of an answer that has nothing else, or, of gRPC-Web,
 * in the last message of the body.
 */
import { type HeaderList, headerValue, type ResponseHead } from '../../sensor/transaction.ts';
import type { Envelope } from '../call.ts';

/** Of 200 and no body, the status is what failed: 0 is success, 1 to 16 are not (grpc.io, statuscodes). Null where there is none. */
export function grpcEnvelope(response: ResponseHead | null, trailers: HeaderList, inBody: string): Envelope | null {
  if (response === null) return null;
  const status =
    headerValue(trailers, 'grpc-status') ??
    headerValue(response.headers, 'grpc-status') ??
    (inBody === '' ? undefined : /^grpc-status:[ \t]*(\d+)[ \t]*\r?$/im.exec(inBody)?.[1]);
  if (status === undefined || !/^\d{1,4}$/.test(status)) return null;
  return { name: 'grpc-status', value: status, flag: Number(status) === 0, message: '' };
}
