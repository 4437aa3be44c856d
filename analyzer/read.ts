/**
 * READ: the half of analysis without memory beyond its flow. It runs in the shards, takes each exchange's events and
 * makes one ApiCall of them. Clear values end here: what leaves is masked, or a hash under a key.
 *
 *   head, body ─▶ leaves/ ─▶ reading/{request,response}-side ─▶ identify/ (who)  classify/ (what data)  asked (which object)
 */
import { C, type Ledger } from '../sensor/ledger.ts';
import type {
  FlowInfo,
  MessageHead,
  RequestHead,
  ResponseHead,
  Side,
  TransactionReader,
  TransactionSink,
  TransactionTail,
} from '../sensor/transaction.ts';
import { transactionUid } from '../sensor/transaction.ts';
import type { Weird } from '../sensor/weird.ts';
import { type ApiCall, callVersion, type ResponseFacts, type SideFacts } from './call.ts';
import { attack, attacksInAgent, attacksInPath } from './detect/attack/attack.ts';
import { disclosuresIn } from './detect/attack/disclosure.ts';
import { structure } from './detect/structure/structure.ts';
import { appOf } from './discover/app.ts';
import { asksResponse, formatOf } from './discover/format.ts';
import { splitTarget } from './discover/path.ts';
import { withSelector } from './discover/selector.ts';
import type { PathTemplate } from './discover/template.ts';
import { decodeText } from './discover/text-decode.ts';
import type { Caller } from './identify/caller.ts';
import { mayGiveCodes } from './identify/code.ts';
import { proofList } from './identify/proof-names.ts';
import type { LeafParser } from './leaf.ts';
import { headerLeaves } from './leaves/headers.ts';
import { webSocketMessages } from './leaves/media.ts';
import { openContent } from './leaves/open.ts';
import { pathLeaves } from './leaves/path.ts';
import { queryLeaves } from './leaves/query.ts';
import type { ApiName } from './reading/api-names.ts';
import { objectsAsked } from './reading/asked.ts';
import { completeness, octets } from './reading/completeness.ts';
import { foreignOriginHash } from './reading/cross-origin.ts';
import { opensEntities } from './reading/entities.ts';
import {
  answerStructure,
  contentStructure,
  mayDescribe,
  PAGE_PREFIX,
  reflectedStructure,
  signatureHash,
  textOf,
} from './reading/exchange-structure.ts';
import { grpcEnvelope } from './reading/grpc-status.ts';
import { awaitedContent, encryptedLeg, isAttachment, isChannel, mediaType, NamedFields } from './reading/heads.ts';
import { withNotes } from './reading/notes.ts';
import { Prefix } from './reading/prefix.ts';
import { hashOfRequest } from './reading/request-hash.ts';
import type { RequestSide } from './reading/request-side.ts';
import type { ResponseSide } from './reading/response-side.ts';
import { sharedStructure } from './reading/shared-answers.ts';
import { signalNames } from './reading/signals.ts';
import type { ReadTools } from './reading/tools.ts';
import { traceIdsOf } from './reading/trace-ids.ts';

export { type ReadOptions, ReadTools } from './reading/tools.ts';

/** Octets of decoded content that the format is told from. */
const REQUEST_PREFIX = 16 * 1024;
const RESPONSE_PREFIX = 1024;
/** Of an answer whose text may give something away: an error, a page, or what an attack brought. */
const TELLING_PREFIX = 4096;
const mayTell = /^\s*(?:$|text\/(?:html|plain)|application\/(?:octet-stream|xhtml))/i;

const nothing = new Uint8Array(0);
const none: readonly never[] = Object.freeze([]);
const nothingSent: SideFacts = Object.freeze({ labels: none, places: none, values: none, shape: 0, shapeEntries: '' });
const nothingGiven: ResponseFacts = Object.freeze({
  ...nothingSent,
  ...{ persons: 0, personIds: none, records: 0, objectIds: none, attachment: false },
});
const noFields = new NamedFields([]);
const noTemplate: PathTemplate = { template: '', masked: '', reason: 'no request seen', parameters: [] };

/** Exchanges in, calls out. */
export class CallReader implements TransactionSink {
  constructor(
    private readonly ledger: Ledger,
    private readonly tools: ReadTools,
    private readonly emit: (call: ApiCall) => void,
    /** Told why content was not read. */
    private readonly noted: (name: Weird) => void = () => {},
  ) {}

  open(flow: FlowInfo, depth: number): TransactionReader {
    return new OneCall(this.tools, flow, depth, this.#take, this.noted);
  }

  readonly #take = (call: ApiCall): void => {
    this.ledger.counts[C.exchangesToRead]!++;
    this.ledger.counts[C.callsRead]!++;
    const { counts, matcher } = this.tools;
    counts.tell(this.ledger.counts, matcher?.partsCut ?? 0);
    this.emit(call);
  };
}

class OneCall implements TransactionReader {
  #request: RequestHead | null = null;
  #response: ResponseHead | null = null;
  #requestFields = noFields;
  #responseFields = noFields;
  #requestPrefix: Prefix | null = null;
  #responsePrefix: Prefix | null = null;
  /** The response's format is told from its first octets. */
  #asksResponse = false;
  /** Octets of the response that are kept to be looked through; 0 for none. */
  #tellingOctets = 0;
  #attacks = 0;
  /** What would run in a page, as the request has it. */
  #markup = '';
  #structures = 0;
  #signature = '';
  /** The answer may describe a service, or list a store. */
  #describes = false;
  #app = '';
  #template = noTemplate;
  #api: ApiName | null = null;
  #caller: Caller | null = null;
  #asking: RequestSide | null = null;
  #answering: ResponseSide | null = null;
  #requestContent: LeafParser | null = null;
  #responseContent: LeafParser | null = null;
  #sent = nothingSent;
  #asked: ApiCall['asked'] = none;
  #statement = '';
  #proofs = 0;
  /** Operation that a parameter selects, and where that stood. */
  #selected = '';
  #selector = '';
  /** Why not all content could be read. */
  #notes: readonly Weird[] = none;
  /** The exchange opened a channel: its messages subscribe and report, and none of them asks for an object. */
  #isChannel = false;
  /** Octets of content that are still to come, as the head says; -1 when it does not. */
  #awaited = -1;

  constructor(
    private readonly tools: ReadTools,
    private readonly flow: FlowInfo,
    private readonly depth: number,
    private readonly emit: (call: ApiCall) => void,
    private readonly noted: (name: Weird) => void,
  ) {}

  begin(head: MessageHead): void {
    if (head.side === 'request') this.#beginRequest(head);
    else this.#beginResponse(head);
  }

  #beginRequest(head: RequestHead): void {
    const { tools, flow } = this;
    this.#request = head;
    const fields = new NamedFields(head.headers);
    this.#requestFields = fields;
    this.#app = appOf(head.host, flow.server.ip, flow.server.port);
    this.#template = tools.templates.of(head.target);
    this.#api = tools.apis.of(this.#app, head.method, this.#template.template);
    this.#caller = tools.callers.open(flow.client.ip, head);
    const side = tools.requests.take(this.#api.key);
    side.begin(this.#caller, this.#app);
    const { output } = side;
    queryLeaves(output, splitTarget(head.target).query);
    pathLeaves(output, this.#template.parameters);
    headerLeaves(output, head.headers, { values: tools.requestHeads, reader: side });
    side.attacks |= attacksInPath(splitTarget(head.target).path) | attacksInAgent(fields.userAgent ?? '');
    this.#asking = side;
    this.#awaited = awaitedContent(head.version, fields);
    const contentType = isChannel(fields) ? webSocketMessages : (fields.contentType ?? '');
    if (tools.protos !== null) output.message = tools.protos.of(head.target, contentType, 'request');
    if (contentType !== '' || this.#awaited !== 0) this.#requestContent = openContent(output, contentType, '');
    if (this.#awaited === 0) this.#endRequest();
  }

  /**
   * The request has come to its end: its side may serve another one while this waits for its answer. One whose length
   * nobody announced, or that is coded, ends with the exchange: its content may come after the response began.
   */
  #endRequest(): void {
    const side = this.#asking;
    if (side === null) return;
    this.#requestContent?.end();
    this.#sent = side.facts();
    this.#asked = side.asked();
    this.#statement = side.statement;
    this.#selected = side.operation;
    if (this.#selected !== '') this.#selector = side.selector;
    this.#attacks = side.attacks;
    this.#markup = side.markup;
    this.#structures = side.structures;
    this.#signature = side.signature;
    this.#proofs = side.proofs;
    this.#notes = side.output.notes;
    this.#asking = null;
    this.#requestContent = null;
    this.tools.requests.giveBack(this.#api!.key, side);
  }

  #beginResponse(head: ResponseHead): void {
    const { tools } = this;
    this.#response = head;
    this.#responseFields = new NamedFields(head.headers);
    this.#openUnasked();
    const side = tools.responses.take(this.#api!.key);
    side.begin(this.#caller!);
    const structures = this.#structures | (this.#asking?.structures ?? 0);
    side.seeksScript = (structures & structure.scriptFile) !== 0;
    side.seeksCode = mayGiveCodes(this.#template.template);
    const { output } = side;
    headerLeaves(output, head.headers, { values: tools.responseHeads, reader: side });
    this.#answering = side;
    this.#isChannel = head.status === 101 && isChannel(this.#responseFields);
    const contentType = this.#isChannel ? webSocketMessages : (this.#responseFields.contentType ?? '');
    if (tools.protos !== null) output.message = tools.protos.of(this.#request?.target ?? '', contentType, 'response');
    this.#responseContent = openContent(output, contentType, '');
    this.#asksResponse = asksResponse(this.#request?.method ?? '', contentType);
    this.#describes = mayDescribe(this.#request, contentType);
    const attacks = this.#attacks | (this.#asking?.attacks ?? 0);
    if (attacks !== 0 || head.status >= 400 || mayTell.test(contentType)) {
      this.#tellingOctets = (attacks & attack.markup) !== 0 ? PAGE_PREFIX : TELLING_PREFIX;
    }
  }

  /** A reply whose request was not seen. */
  #openUnasked(): void {
    if (this.#caller !== null) return;
    const { server, client } = this.flow;
    this.#app = appOf('', server.ip, server.port);
    this.#api = this.tools.apis.of(this.#app, '', '');
    this.#caller = this.tools.callers.open(client.ip, null);
  }

  body(side: Side, bytes: Uint8Array, start: number, end: number): void {
    if (side === 'request') {
      if (this.#asking === null) return;
      (this.#requestPrefix ??= Prefix.borrow()).take(bytes, start, end, REQUEST_PREFIX);
      this.#requestContent?.write(bytes, start, end);
      // Many requests may be open at once: what is whole is summed up, and its side given back.
      if (this.#awaited > 0 && (this.#awaited -= end - start) <= 0) this.#endRequest();
    } else {
      const asks = this.#asksResponse || this.#describes;
      const limit = this.#tellingOctets > 0 ? this.#tellingOctets : asks ? RESPONSE_PREFIX : 0;
      if (limit > 0) (this.#responsePrefix ??= Prefix.borrow()).take(bytes, start, end, limit);
      this.#responseContent?.write(bytes, start, end);
    }
  }

  end(tail: TransactionTail): void {
    this.#endRequest();
    this.#responseContent?.end();
    const { flow } = this;
    const request = this.#request;
    const response = this.#response;
    const target = request?.target ?? '';
    const requestFields = this.#requestFields;
    const responseFields = this.#responseFields;
    const method = request?.method ?? '';
    const status = response?.status ?? 0;
    const { path, query } = splitTarget(target);
    const { template, masked } = this.#template;
    const {
      format,
      reason: formatReason,
      operation: named,
    } = formatOf({
      method,
      path,
      query,
      contentType: requestFields.contentType,
      soapAction: requestFields.soapAction,
      responseContentType: responseFields.contentType,
      status,
      requestPrefix: this.#requestPrefix?.octets ?? nothing,
      responsePrefix: this.#asksResponse
        ? (this.#responsePrefix?.octets.subarray(0, RESPONSE_PREFIX) ?? nothing)
        : nothing,
    });
    // A protocol's own name of the operation stands before a parameter's.
    const operation = named === '' && format !== 'asset' ? this.#selected : named;
    const reason = withSelector(this.#template.reason, operation === named ? '' : this.#selector);
    const responseType = mediaType(responseFields.contentType);
    const attachment = response !== null && isAttachment(responseFields.contentDisposition, responseType);
    const signals = this.#signals(query, attachment);
    const requestHash = hashOfRequest(this.#requestPrefix, method, target, REQUEST_PREFIX, this.tools.identity);
    this.#requestPrefix?.giveBack();
    this.#responsePrefix?.giveBack();
    const caller = this.#caller!.end(path.includes('%') ? decodeText(path).text : path, operation, response);
    const trailers = tail.response?.trailers ?? none;
    const envelope =
      grpcEnvelope(response, trailers, this.#answering?.output.trailers ?? '') ?? this.#caller!.envelope();
    const requestType = mediaType(requestFields.contentType);
    const userAgent = requestFields.userAgent ?? '';
    const referer = requestFields.referer ?? '';
    const requestBytes = octets(tail.request);
    const responseBytes = octets(tail.response);
    const httpVersion = (request ?? response)!.version;
    const { matcher, mask } = this.tools;
    const parts =
      matcher === null || request === null
        ? none
        : matcher.match({
            method,
            target,
            host: request.host,
            userAgent,
            referer,
            cookie: requestFields.cookie ?? '',
            requestType,
            responseType,
            httpVersion,
            status,
            client: caller.client,
            server: flow.server.ip,
            serverPort: flow.server.port,
            requestBytes,
            responseBytes,
            durationUs: tail.durationUs,
          });
    const given = this.#answering?.facts(attachment) ?? nothingGiven;
    if (this.#answering !== null) this.tools.responses.giveBack(this.#api!.key, this.#answering);
    this.emit({
      v: callVersion,
      uid: transactionUid(flow, this.depth),
      ts: (request ?? response)!.ts,
      completedTs: tail.ts,
      app: this.#app,
      server: flow.server.ip,
      serverPort: flow.server.port,
      client: caller.client,
      clientPort: flow.client.port,
      vlan: flow.vlan ?? null,
      tunnel: flow.tunnel ?? null,
      httpVersion,
      method,
      path: masked,
      query: mask.query(query),
      template,
      templateReason: reason,
      operation,
      format,
      formatReason,
      apiId: this.#api!.id(operation),
      status,
      requestType,
      responseType,
      userAgent: mask.userAgent(userAgent),
      referer: mask.referer(referer),
      requestBytes,
      responseBytes,
      durationUs: tail.durationUs,
      completeness: completeness(tail),
      sampling: this.tools.sampling,
      sequence: tail.sequence,
      proofs: proofList(this.#proofs),
      pairing: tail.pairing,
      unpaired: tail.unpaired,
      weird: withNotes(tail.weird, this.#notes, this.#answering?.output.notes, this.noted),
      caller,
      sent: this.#sent,
      given,
      asked: objectsAsked(this.#asked, format, this.#isChannel),
      envelope,
      encrypted: encryptedLeg(request?.headers ?? none, flow.client.ip, this.tools.trusted) ?? flow.tls ?? null,
      statement: this.#statement,
      parts,
      signals,
      requestHash,
      signature: signatureHash(this.#signature, query, this.tools.identity),
      foreignOrigin: foreignOriginHash(requestFields, responseFields, request?.host ?? '', this.tools.identity),
      traceIds: traceIdsOf(requestFields.traces, responseFields.traces, this.tools.identity),
    });
  }

  #signals(query: string, attachment: boolean): readonly string[] {
    const content = this.#requestPrefix;
    const { contentType, soapAction } = this.#requestFields;
    const told = this.#responsePrefix;
    const side = this.#answering;
    let disclosures = side?.disclosures ?? 0;
    if (told !== null && this.#tellingOctets > 0) disclosures |= disclosuresIn(textOf(told, TELLING_PREFIX));
    const attacks = this.#attacks | (opensEntities(contentType, content) ? attack.entity : 0);
    let found = this.#structures | (side?.structures ?? 0);
    found |= contentStructure(contentType, content, query, this.#signature, soapAction);
    found |= answerStructure(told, this.#describes, query, this.#response, attachment, this.#request?.host ?? '');
    found |= reflectedStructure(this.#markup, told, this.#responseFields.contentType);
    found |= sharedStructure(query, this.#requestFields, this.#responseFields, this.#request?.host ?? '');
    // A file is not one of the application's own messages.
    const isNot = attachment ? structure.opaqueResponse : structure.serverPath;
    return signalNames(attacks, disclosures, found & ~isNot);
  }
}
