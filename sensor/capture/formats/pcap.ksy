meta:
  id: pcap
  title: pcap capture file (draft-ietf-opsawg-pcap)
  file-extension: pcap
  ks-version: '0.11'
  endian:
    switch-on: magic
    cases:
      0xd4c3b2a1: le
      0x4d3cb2a1: le
      0x34cdb2a1: le
      0xa1b2c3d4: be
      0xa1b23c4d: be
      0xa1b2cd34: be
doc: |
  A file header and packet records. The order in which the magic number's octets lie tells the byte order of everything
  else. `packets` is an instance, so that reading the header alone costs the header alone.
seq:
  - id: header
    type: file_header
instances:
  magic:
    pos: 0
    type: u4be
  is_nanosecond:
    value: magic == 0x4d3cb2a1 or magic == 0xa1b23c4d
  is_modified:
    doc: Kuznetzov's tcpdump, whose record headers have eight more octets.
    value: magic == 0x34cdb2a1 or magic == 0xa1b2cd34
  packets:
    pos: 24
    type: packet
    repeat: eos
types:
  file_header:
    seq:
      - id: magic
        size: 4
      - id: version_major
        type: u2
      - id: version_minor
        type: u2
      - id: reserved
        size: 8
      - id: snap_length
        type: u4
      - id: network
        type: u4
    instances:
      link_type:
        doc: The upper half tells the length of the frame check sequence and is no part of the link type.
        value: network & 0xffff
  packet:
    seq:
      - id: seconds
        type: u4
      - id: fraction
        doc: Microseconds, or nanoseconds when `_root.is_nanosecond`.
        type: u4
      - id: captured_length
        type: u4
      - id: original_length
        type: u4
      - id: modified
        type: modified_fields
        if: _root.is_modified
      - id: data
        size: captured_length
  modified_fields:
    seq:
      - id: interface_index
        type: u4
      - id: protocol
        type: u2
      - id: packet_type
        type: u1
      - id: padding
        type: u1
