/** What Kafka's refusals mean, as sentences that say what to do. */
import { BusError } from '../bus.ts';
import type { BusAddress } from './address.ts';

/** By the protocol's names of its errors. */
const refusals: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED:
    'it does not let us read, write or make a topic; grant Describe, Read, Write and Create on the topics whose names ' +
    'begin with apiris',
  GROUP_AUTHORIZATION_FAILED:
    'it does not let us join our group; grant Read on the groups whose names begin with apiris',
  CLUSTER_AUTHORIZATION_FAILED:
    'it does not let us write idempotently or make topics; grant IdempotentWrite and Create on the cluster',
  SASL_AUTHENTICATION_FAILED: 'it refuses the name or the password; check bus.user and the password',
  UNSUPPORTED_SASL_MECHANISM: 'it does not take this way of logging in; set bus.mechanism to one that it offers',
  ILLEGAL_SASL_STATE: 'it does not ask for a login on this port; remove bus.user, or name its SASL port',
  MESSAGE_TOO_LARGE: 'a message is larger than it takes; raise max.message.bytes of the topic',
  INVALID_REPLICATION_FACTOR:
    'it has too few brokers for its own default.replication.factor; lower that, or add brokers',
  POLICY_VIOLATION: 'its rules do not let us make the topics; make them by hand (deploy/README.md)',
  UNSUPPORTED_VERSION: 'it is older than what we can talk to; Kafka 2.4 and newer do',
};

/** The error as one that people can read. `what`: what could not be done, as `cannot be read`. */
export function busError(error: unknown, { brokers, tls }: BusAddress, what = 'cannot be used'): BusError {
  if (error instanceof BusError) return error;
  const root = rootOf(error);
  const where = `Kafka at ${brokers.join(',')}`;
  const { message } = root;
  const say = (code: BusError['code'], why: string) =>
    new BusError(code, `${where} ${what}: ${why}.`, { cause: error });
  if (root.name === 'KafkaJSSASLAuthenticationError') {
    // A refused password is told with the name of the mechanism too.
    const isUnknown = /unsupported|not (?:enabled|supported)/i.test(message);
    const known = isUnknown ? 'UNSUPPORTED_SASL_MECHANISM' : 'SASL_AUTHENTICATION_FAILED';
    return say('refused', refusals[known]!);
  }
  const type = typeOf(root);
  if (type in refusals) return say('refused', refusals[type]!);
  if (/certificate required|bad certificate|alert number (?:42|116)/i.test(message)) {
    return say('refused', 'it wants to know who we are; set bus.cert and bus.key to a certificate it trusts');
  }
  if (/certificate|altnames|self.signed/i.test(message)) {
    return say('refused', `its certificate is not trusted (${message}); name the authority's file in bus.ca`);
  }
  if (/wrong version number|SSL routines|packet length too long/i.test(message)) {
    return say('refused', 'it does not speak TLS on this port; remove bus.tls, or name its TLS port');
  }
  if (
    root.name === 'KafkaJSConnectionError' ||
    /connect|closed|disconnected|timed? ?out|ECONN|ENOTFOUND/i.test(message)
  ) {
    // A port without TLS closes on a greeting that it takes for a message of nonsense.
    const hint = tls
      ? ' (if it does not speak TLS on this port, remove bus.tls, or name its TLS port)'
      : ' (if it wants TLS or a login, set bus.tls and bus.user)';
    return say('unreachable', `nobody answers there; check the address, the network and that Kafka runs${hint}`);
  }
  return say('failed', message);
}

const nowhere: BusAddress = { brokers: [], prefix: '', tls: false };

/** Whether waiting may help: always but for what is refused. */
export function mayPass(error: unknown): boolean {
  const { code } = busError(error, nowhere);
  return code === 'unreachable' || (code === 'failed' && !(error instanceof BusError));
}

/** The protocol's name of an error; empty for one of another kind. */
function typeOf(error: Error): string {
  return 'type' in error && typeof error.type === 'string' ? error.type : '';
}

function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.name === 'KafkaJSNumberOfRetriesExceeded' && root.cause instanceof Error) root = root.cause;
  return root;
}
