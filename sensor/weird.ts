/**
 * Every oddity the sensor can meet, by name. Odd traffic never throws: it gets a name here and a count, and the name
 * travels with the exchange it touched. Names follow Zeek's weird.log where Zeek has one.
 */
export const weirds = [
  // time and containers
  'packet_time_clamped',
  // the sensor itself
  'shard_lost',
  'body_shed',
  // link, IP, TCP
  'link_header_unknown',
  'ip_length_mismatch',
  'exceeded_tunnel_max_depth',
  'fragment_overlap',
  'fragment_inconsistency',
  'fragment_size_inconsistency',
  'fragment_limit',
  'tcp_bad_offset',
  'tcp_flags_odd',
  // streams
  'tcp_overlap_conflict',
  'tcp_gap',
  'tcp_reassembly_limit',
  'tcp_data_after_fin',
  'tcp_data_after_reset',
  'tcp_reset_out_of_window',
  'tcp_port_reuse',
  'flow_table_full',
  'port_hint_contradicted',
  // HTTP
  'http_unknown_method',
  'http_lowercase_method',
  'http_missing_version',
  'http_target_with_spaces',
  'http_bad_start_line',
  'http_bad_header',
  'http_header_folded',
  'http_bare_lf',
  'http_header_flood',
  'http_line_too_long',
  'http_bare_cr',
  'http_nul_in_head',
  'http_space_before_colon',
  'http_host_conflict',
  'http_content_length_conflict',
  'http_content_length_repeated',
  'http_content_length_invalid',
  'http_length_and_chunked',
  'http_transfer_coding_unknown',
  'http_chunked_not_last',
  'http_chunked_repeated',
  'http_chunked_disguised',
  'http_chunked_in_old_version',
  'http_chunk_size_padded',
  'http_chunk_extension_odd',
  'http_bad_chunk_size',
  'http_bad_chunk_end',
  'http_unexpected_bytes',
  'http_pipeline_limit',
  'http_response_without_request',
  'http_resync',
  // HTTP/2
  'http2_bad_preface',
  'http2_bad_frame',
  'http2_bad_header',
  'http2_hpack_error',
  'http2_hpack_state_unknown',
  'http2_hpack_bomb',
  'http2_continuation_flood',
  'http2_stream_limit',
  'http2_rapid_reset',
  'http2_control_flood',
  'http2_frame_on_closed_stream',
  'http2_push',
  'http2_resync',
  // TLS
  'tls_bad_record',
  'tls_no_handshake',
  'tls_handshake_malformed',
  'tls_handshake_too_long',
  'tls_certificate_malformed',
  'tls_key_unknown',
  'tls_wrong_key',
  'tls_cipher_unsupported',
  'tls_compressed',
  'tls_record_corrupt',
  'tls_record_lost',
  'tls_resync',
  'tls_memory_limit',
  // WebSocket
  'websocket_bad_frame',
  'websocket_continued',
  'websocket_window_limit',
  // content
  'content_coding_unknown',
  'content_coding_mislabelled',
  'content_coding_corrupt',
  'content_coding_bomb',
  'content_coding_chain_too_long',
  // files that are content
  'archive_encrypted',
  'archive_beyond_limit',
  'pdf_encrypted',
  'pdf_damaged',
  'pdf_beyond_limit',
  'pdf_font_unreadable',
  'pdf_picture_page',
] as const;

export type Weird = (typeof weirds)[number];

export const weirdIndex = Object.freeze(Object.fromEntries(weirds.map((name, index) => [name, index]))) as Readonly<
  Record<Weird, number>
>;

/** Counts by name for a thread. */
export class WeirdCounts {
  readonly counts = new Float64Array(weirds.length);

  note(name: Weird): void {
    this.counts[weirdIndex[name]]!++;
  }

  add(other: Float64Array): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i]! += other[i]!;
  }
}
