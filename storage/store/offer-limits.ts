/** What a running appliance takes from other processes: known to both sides, so that too much is told before it is sent. */

/** Octets of a request's body: a query is a page, decisions come one by one. */
export const MAX_BODY = 4 * 2 ** 20;
