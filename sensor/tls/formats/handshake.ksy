meta:
  id: handshake
  title: bodies of TLS handshake messages (RFC 8446 §4, RFC 5246 §7.4) and of the extensions that are read
  ks-version: '0.11'
  endian: be
doc: |
  Only the types are used, each over the octets of one message or extension: one that makes no sense then costs itself.
  Records and messages are put together by hand (records.ts, messages.ts), because they come in pieces.
seq: []
types:
  client_hello:
    seq:
      - id: version
        type: u2
      - id: random
        size: 32
      - id: session_id_length
        type: u1
      - id: session_id
        size: session_id_length
      - id: cipher_suites
        type: codes
      - id: compression_length
        type: u1
      - id: compression_methods
        size: compression_length
      - id: extensions_length
        type: u2
        if: not _io.eof
      - id: extensions
        doc: As many octets as there are; a length that lies is met when they are walked.
        size-eos: true
  server_hello:
    seq:
      - id: version
        type: u2
      - id: random
        size: 32
      - id: session_id_length
        type: u1
      - id: session_id
        size: session_id_length
      - id: cipher_suite
        type: u2
      - id: compression_method
        type: u1
      - id: extensions_length
        type: u2
        if: not _io.eof
      - id: extensions
        size-eos: true
  extension:
    seq:
      - id: code
        type: u2
      - id: length
        type: u2
      - id: body
        size: length
  codes:
    doc: supported_groups, signature_algorithms, cipher suites.
    seq:
      - id: length
        type: u2
      - id: list
        size: length
        type: code_list
  short_codes:
    doc: supported_versions of a client (RFC 8446 §4.2.1).
    seq:
      - id: length
        type: u1
      - id: list
        size: length
        type: code_list
  code_list:
    seq:
      - id: entries
        type: u2
        repeat: eos
  octets:
    doc: ec_point_formats (RFC 8422 §5.1.2).
    seq:
      - id: length
        type: u1
      - id: entries
        size: length
  server_names:
    doc: RFC 6066 §3.
    seq:
      - id: length
        type: u2
      - id: list
        size: length
        type: server_name_list
  server_name_list:
    seq:
      - id: entries
        type: server_name
        repeat: eos
  server_name:
    seq:
      - id: kind
        type: u1
      - id: length
        type: u2
      - id: name
        size: length
  protocols:
    doc: RFC 7301 §3.1.
    seq:
      - id: length
        type: u2
      - id: list
        size: length
        type: protocol_list
  protocol_list:
    seq:
      - id: entries
        type: protocol
        repeat: eos
  protocol:
    seq:
      - id: length
        type: u1
      - id: name
        size: length
  certificate:
    doc: An entry of the list in RFC 5246 §7.4.2, whose octets are walked entry by entry.
    seq:
      - id: length
        type: b24
      - id: der
        size: length
  certificate13:
    doc: The same in RFC 8446 §4.4.2.
    seq:
      - id: length
        type: b24
      - id: der
        size: length
      - id: extensions_length
        type: u2
      - id: extensions
        size: extensions_length
