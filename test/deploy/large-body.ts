/** A process that writes: `node large-body.js PIPE OCTETS` (writeLargeBody). */
import { writeLargeBody } from './hostile-captures.ts';

writeLargeBody(process.argv[2]!, Number(process.argv[3]));
