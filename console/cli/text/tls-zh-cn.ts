/** What is said of TLS in Simplified Chinese. */
import type { Texts } from './en.ts';

export const tlsZhCn: Texts['tls'] = {
  noEnd: '无期限',
  columns: {
    server: '服务器',
    version: '版本',
    suite: '密码套件',
    issuer: '颁发者',
    expires: '到期',
    clients: '客户端',
    handshakes: '次数',
    weak: '弱点',
  },
  refused: (isRefused) => (isRefused ? '被拒绝' : '无应答'),
  atLeast: (count) => `${count} 以上`,
  andMore: (mark, more) => `${mark}，另 ${more} 项`,
  marks: {
    'old-version': '版本过旧',
    'no-encryption': '未加密',
    'no-authentication': '未认证',
    'weak-cipher': '弱加密算法',
    'no-forward-secrecy': '无前向保密',
    compressed: '启用压缩',
    expired: '证书已过期',
    'not-yet-valid': '证书未生效',
    'weak-key': '密钥过短',
    'weak-signature': '弱签名算法',
    'self-issued': '自签发',
    'other-name': '证书名称不符',
  },
};
