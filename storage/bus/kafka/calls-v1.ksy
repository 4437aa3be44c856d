meta:
  id: calls_v1
  title: Value of a record on the topic apiris.calls.v1
  endian: le
  encoding: UTF-8
  license: Apache-2.0
doc: |
  A batch of calls as columns. The record's headers say the rest: schema (apiris.calls/1), sensor, stream, live, keys,
  first, calls, watermark, crc. A record without calls has no value; one with the header `report` has JSON instead.
  What each column holds is said in analyzer/call-batch.ts (`CallPacker.add`), what the facts hold in
  analyzer/fact-columns.ts. Readers pass over columns beyond those they know.
seq:
  - id: magic
    contents: ACB1
  - id: size
    type: number
    doc: Calls.
  - id: number_columns
    type: number
  - id: word_columns
    type: number
  - id: text_count
    type: number
  - id: texts
    type: text
    repeat: expr
    repeat-expr: text_count.value.as<u4>
  - id: numbers
    type: column
    repeat: expr
    repeat-expr: number_columns.value.as<u4>
    doc: |
      The first two (ts and completedTs, integer µs since 1970) hold the step from the call before, the first one's from
      0: even for half of it forth, odd for half of one more back.
  - id: words
    type: column
    repeat: expr
    repeat-expr: word_columns.value.as<u4>
    doc: Indexes into the texts.
  - id: fact_count
    type: number
  - id: facts
    type: number
    repeat: expr
    repeat-expr: fact_count.value.as<u4>
types:
  column:
    seq:
      - id: values
        type: number
        repeat: expr
        repeat-expr: _root.size.value.as<u4>
  text:
    seq:
      - id: length
        type: number
      - id: text
        type: str
        size: length.value.as<u4>
  number:
    doc: |
      A zero octet and a float64; or seven bits an octet, the least first, the highest bit set in all but the last, of a
      whole number from -1 up, plus 2.
    seq:
      - id: groups
        type: u1
        repeat: until
        repeat-until: _ < 128
      - id: float
        type: f8
        if: groups[0] == 0
    instances:
      value:
        value: |
          groups[0] == 0 ? float : (groups[0] % 128 - 2.0
          + (groups.size > 1 ? groups[1] % 128 * 128.0 : 0)
          + (groups.size > 2 ? groups[2] % 128 * 16384.0 : 0)
          + (groups.size > 3 ? groups[3] % 128 * 2097152.0 : 0)
          + (groups.size > 4 ? groups[4] % 128 * 268435456.0 : 0)
          + (groups.size > 5 ? groups[5] % 128 * 34359738368.0 : 0)
          + (groups.size > 6 ? groups[6] % 128 * 4398046511104.0 : 0)
          + (groups.size > 7 ? groups[7] % 128 * 562949953421312.0 : 0))
