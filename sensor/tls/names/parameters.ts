/**
 * Names of what a handshake negotiates beside the cipher suite. Data: the IANA registries «TLS ExtensionType Values»,
 * «TLS Supported Groups», «TLS SignatureScheme» and «TLS Alerts»; versions by their RFCs and GB/T 38636 (TLCP).
 */

type Names = ReadonlyMap<number, string>;

/** `code name code name …`, codes in hexadecimal. */
function table(text: string): Names {
  const words = text.trim().split(/\s+/);
  const names = new Map<number, string>();
  for (let i = 0; i < words.length; i += 2) names.set(Number.parseInt(words[i]!, 16), words[i + 1]!);
  return names;
}

const versions: Names = new Map([
  [0x0002, 'SSL 2.0'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
  [0x0101, 'TLCP 1.1'],
]);

const extensions = table(`
0 server_name 1 max_fragment_length 2 client_certificate_url 3 trusted_ca_keys 4 truncated_hmac 5 status_request
6 user_mapping 7 client_authz 8 server_authz 9 cert_type a supported_groups b ec_point_formats c srp
d signature_algorithms e use_srtp f heartbeat 10 application_layer_protocol_negotiation 11 status_request_v2
12 signed_certificate_timestamp 13 client_certificate_type 14 server_certificate_type 15 padding 16 encrypt_then_mac
17 extended_master_secret 18 token_binding 19 cached_info 1a tls_lts 1b compress_certificate 1c record_size_limit
1d pwd_protect 1e pwd_clear 1f password_salt 20 ticket_pinning 21 tls_cert_with_extern_psk 22 delegated_credential
23 session_ticket 24 TLMSP 25 TLMSP_proxying 26 TLMSP_delegate 27 supported_ekt_ciphers 29 pre_shared_key 2a early_data
2b supported_versions 2c cookie 2d psk_key_exchange_modes 2f certificate_authorities 30 oid_filters
31 post_handshake_auth 32 signature_algorithms_cert 33 key_share 34 transparency_info 35 connection_id_deprecated
36 connection_id 37 external_id_hash 38 external_session_id 39 quic_transport_parameters 3a ticket_request
3b dnssec_chain 3c sequence_number_encryption_algorithms 3d rrc 3e tls_flags fd00 ech_outer_extensions
fe0d encrypted_client_hello ff01 renegotiation_info 3374 next_protocol_negotiation 4469 application_settings
44cd application_settings 7550 channel_id
`);

const groups = table(`
1 sect163k1 2 sect163r1 3 sect163r2 4 sect193r1 5 sect193r2 6 sect233k1 7 sect233r1 8 sect239k1 9 sect283k1 a sect283r1
b sect409k1 c sect409r1 d sect571k1 e sect571r1 f secp160k1 10 secp160r1 11 secp160r2 12 secp192k1 13 secp192r1
14 secp224k1 15 secp224r1 16 secp256k1 17 secp256r1 18 secp384r1 19 secp521r1 1a brainpoolP256r1 1b brainpoolP384r1
1c brainpoolP512r1 1d x25519 1e x448 1f brainpoolP256r1tls13 20 brainpoolP384r1tls13 21 brainpoolP512r1tls13
22 GC256A 23 GC256B 24 GC256C 25 GC256D 26 GC512A 27 GC512B 28 GC512C 29 curveSM2 100 ffdhe2048 101 ffdhe3072
102 ffdhe4096 103 ffdhe6144 104 ffdhe8192 200 MLKEM512 201 MLKEM768 202 MLKEM1024 11eb SecP256r1MLKEM768
11ec X25519MLKEM768 11ed SecP384r1MLKEM1024 11ee curveSM2MLKEM768 6399 X25519Kyber768Draft00
639a SecP256r1Kyber768Draft00 ff01 arbitrary_explicit_prime_curves ff02 arbitrary_explicit_char2_curves
`);

const signatureSchemes = table(`
201 rsa_pkcs1_sha1 202 dsa_sha1 203 ecdsa_sha1 301 rsa_pkcs1_sha224 302 dsa_sha224 303 ecdsa_sha224 401 rsa_pkcs1_sha256
402 dsa_sha256 403 ecdsa_secp256r1_sha256 501 rsa_pkcs1_sha384 502 dsa_sha384 503 ecdsa_secp384r1_sha384
601 rsa_pkcs1_sha512 602 dsa_sha512 603 ecdsa_secp521r1_sha512 101 rsa_pkcs1_md5 704 eccsi_sha256 705 iso_ibs1
706 iso_ibs2 707 iso_chinese_ibs 708 sm2sig_sm3 709 gostr34102012_256a 70a gostr34102012_256b 70b gostr34102012_256c
70c gostr34102012_256d 70d gostr34102012_512a 70e gostr34102012_512b 70f gostr34102012_512c 804 rsa_pss_rsae_sha256
805 rsa_pss_rsae_sha384 806 rsa_pss_rsae_sha512 807 ed25519 808 ed448 809 rsa_pss_pss_sha256 80a rsa_pss_pss_sha384
80b rsa_pss_pss_sha512 81a ecdsa_brainpoolP256r1tls13_sha256 81b ecdsa_brainpoolP384r1tls13_sha384
81c ecdsa_brainpoolP512r1tls13_sha512 904 mldsa44 905 mldsa65 906 mldsa87
`);

const alerts = table(`
0 close_notify 1 end_of_early_data a unexpected_message 14 bad_record_mac 15 decryption_failed 16 record_overflow
1e decompression_failure 28 handshake_failure 29 no_certificate 2a bad_certificate 2b unsupported_certificate
2c certificate_revoked 2d certificate_expired 2e certificate_unknown 2f illegal_parameter 30 unknown_ca 31 access_denied
32 decode_error 33 decrypt_error 34 too_many_cids_requested 3c export_restriction 46 protocol_version
47 insufficient_security 50 internal_error 56 inappropriate_fallback 5a user_canceled 64 no_renegotiation
6d missing_extension 6e unsupported_extension 6f certificate_unobtainable 70 unrecognized_name
71 bad_certificate_status_response 72 bad_certificate_hash_value 73 unknown_psk_identity 74 certificate_required
75 general_error 78 no_application_protocol 79 ech_required
`);

/** Values that clients send to keep servers tolerant (RFC 8701): `0x?A?A` with both octets alike. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >>> 8 === (code & 0xff);
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

export function versionName(code: number): string {
  // RFC 8446 drafts were deployed under 0x7F00 + number.
  if (code >>> 8 === 0x7f) return `TLS 1.3 draft ${code & 0xff}`;
  return versions.get(code) ?? hex(code);
}

export const extensionName = (code: number): string => extensions.get(code) ?? hex(code);
export const groupName = (code: number): string => groups.get(code) ?? hex(code);
export const signatureSchemeName = (code: number): string => signatureSchemes.get(code) ?? hex(code);
export const alertName = (code: number): string => alerts.get(code) ?? hex(code);
