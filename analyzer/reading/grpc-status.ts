/** How a gRPC call went: its status comes in the trailers, or in the head of an answer that has nothing else. */
import { type HeaderList, headerValue, type ResponseHead } from '../../sensor/transaction.ts';
import type { Envelope } from '../call.ts';

/** Of 200 and no body, the status is what failed: 0 is success, 1 to 16 are not (grpc.io, statuscodes). Null where there is none. */
export function grpcEnvelope(response: ResponseHead | null, trailers: HeaderList): Envelope | null {
  if (response === null) return null;
  const status = headerValue(trailers, 'grpc-status') ?? headerValue(response.headers, 'grpc-status');
  if (status === undefined || !/^\d{1,4}$/.test(status)) return null;
  return { name: 'grpc-status', value: status, flag: Number(status) === 0, message: '' };
}
