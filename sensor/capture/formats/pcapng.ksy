meta:
  id: pcapng
  title: pcapng capture file (draft-ietf-opsawg-pcapng)
  file-extension: pcapng
  ks-version: '0.11'
doc: |
  Sections one after the other; each has its own byte order, told by the byte-order mark of its header, and its own list
  of interfaces. Blocks that are not packets, interfaces or sections are kept as octets.
seq:
  - id: sections
    type: section
    repeat: eos
enums:
  block_type:
    0x00000001: interface_description
    0x00000002: obsolete_packet
    0x00000003: simple_packet
    0x00000004: name_resolution
    0x00000005: interface_statistics
    0x00000006: enhanced_packet
    0x00000009: systemd_journal
    0x0000000a: decryption_secrets
    0x00000bad: custom
    0x40000bad: custom_not_copied
    0x0a0d0d0a: section_header
types:
  section:
    meta:
      endian:
        switch-on: byte_order_mark
        cases:
          '[0x4d, 0x3c, 0x2b, 0x1a]': le
          '[0x1a, 0x2b, 0x3c, 0x4d]': be
    seq:
      - id: header
        type: section_header
      - id: blocks
        type: block
        repeat: until
        repeat-until: _io.eof or _.next_type == 0x0a0d0d0a
        if: not _io.eof and header.next_type != 0x0a0d0d0a
    instances:
      byte_order_mark:
        pos: _io.pos + 8
        size: 4
    types:
      section_header:
        seq:
          - id: block_type
            contents: [0x0a, 0x0d, 0x0d, 0x0a]
          - id: total_length
            type: u4
          - id: body
            size: (total_length + 3) / 4 * 4 - 12
            type: section_header_body
          - id: total_length_again
            type: u4
            valid: total_length
        instances:
          next_type:
            pos: _io.pos
            type: u4be
            if: not _io.eof
      section_header_body:
        seq:
          - id: byte_order_mark
            type: u4
            valid: 0x1a2b3c4d
          - id: version_major
            type: u2
          - id: version_minor
            type: u2
          - id: section_length
            doc: Octets of the blocks that follow; -1 when not told. Writers get it wrong, so nothing relies on it.
            type: s8
          - id: options
            type: option
            repeat: until
            repeat-until: _io.eof or _.code == 0
            if: not _io.eof
      block:
        seq:
          - id: block_type
            type: u4
            enum: block_type
          - id: total_length
            doc: Some writers leave the padding out of the number though it is in the file.
            type: u4
          - id: body
            size: (total_length + 3) / 4 * 4 - 12
            type:
              switch-on: block_type
              cases:
                block_type::interface_description: interface_description
                block_type::obsolete_packet: obsolete_packet
                block_type::simple_packet: simple_packet
                block_type::enhanced_packet: enhanced_packet
          - id: total_length_again
            type: u4
            valid: total_length
        instances:
          next_type:
            pos: _io.pos
            type: u4be
            if: not _io.eof
      interface_description:
        seq:
          - id: link_type
            type: u2
          - id: reserved
            size: 2
          - id: snap_length
            doc: Octets kept of a packet at most; 0 is no limit.
            type: u4
          - id: options
            type: interface_option
            repeat: until
            repeat-until: _io.eof or _.code == interface_option_code::end_of_options
            if: not _io.eof
        enums:
          interface_option_code:
            0: end_of_options
            2: name
            9: time_resolution
            13: frame_check_length
            14: time_offset
      interface_option:
        seq:
          - id: code
            type: u2
            enum: interface_description::interface_option_code
          - id: length
            type: u2
          - id: value
            size: length
            type:
              switch-on: code
              cases:
                interface_description::interface_option_code::time_resolution: time_resolution
                interface_description::interface_option_code::time_offset: time_offset
          - id: padding
            size: (4 - length % 4) % 4
      time_resolution:
        doc: The unit of the interface's times is 10 to the power of -exponent seconds, or 2 to that power.
        seq:
          - id: is_binary
            type: b1
          - id: exponent
            type: b7
      time_offset:
        seq:
          - id: seconds
            doc: To be added to every time of the interface.
            type: s8
      option:
        seq:
          - id: code
            type: u2
          - id: length
            type: u2
          - id: value
            size: length
          - id: padding
            size: (4 - length % 4) % 4
      enhanced_packet:
        seq:
          - id: interface_id
            type: u4
          - id: time_high
            type: u4
          - id: time_low
            type: u4
          - id: captured_length
            type: u4
          - id: original_length
            type: u4
          - id: data
            size: captured_length
      obsolete_packet:
        seq:
          - id: interface_id
            type: u2
          - id: drops_count
            type: u2
          - id: time_high
            type: u4
          - id: time_low
            type: u4
          - id: captured_length
            type: u4
          - id: original_length
            type: u4
          - id: data
            size: captured_length
      simple_packet:
        seq:
          - id: original_length
            type: u4
          - id: padded_data
            doc: The frame is as long as the least of the original length, interface 0's snap length and this.
            size-eos: true
