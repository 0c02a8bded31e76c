// How is a secret that nobody told us about recognised: by the place it stands in, or by the shape of its kind?
//
// Two sets of such rules are kept well. secretlint's preset is no redactor: it answers in a promise about whole files, and
// leaves out passwords that it takes for placeholders. gitleaks is a program of its own. So the patterns are ours; what
// a token of a service looks like is taken from gitleaks (see token-shapes.ts).
//
// Every repetition has a bound, and no rule can begin inside of what it would match: a hostile megabyte costs what any
// other megabyte costs. No rule crosses a line break.

import {TOKEN_BEGINS, TOKEN_PATTERN} from './token-shapes.ts';

export type RuleName =
  | 'known-secret'
  | 'url-password'
  | 'password'
  | 'authorization'
  | 'json-web-token'
  | 'cloud-key'
  | 'service-token'
  | 'private-key';

/** The first group that matched is the secret; it is the end of what the pattern matches, or the sign before the end. */
export type Rule = Readonly<{rule: RuleName; pattern: RegExp; behind?: 1}>;

const NAMES = [
  'pass(?:word|wd|phrase|code)',
  'pwd',
  'secret(?:[_-]?access)?(?:[_-]?key)?',
  '(?:api|account|access|encryption)[_-]?key',
  '(?:auth|access|refresh|session|bearer|private)[_-]?token',
].join('|');

const NAME = new RegExp(`(?:${NAMES})$`, 'i');

/** The name of a column or key whose value is a secret, whatever it looks like. */
export const isSecretName = (name: string): boolean => NAME.test(name);

/** A bare value ends at a blank; a sign that usually ends it belongs to it when the value plainly goes on. */
const BARE = `(?:[^\\s&;'",\\\\]|\\\\[^\\s"]|[&;](?!\\w{1,40}=)|['",](?=[^\\s,;)}\\]'"]))`;

export const rules: readonly Rule[] = [
  // Up to the last @ before the host: SQLAlchemy takes passwords that hold one.
  {rule: 'url-password', behind: 1, pattern: /:\/\/[^\s/:@'"]{0,256}:([^\s/'"]{1,1024})@/g},
  // SQLAlchemy takes a slash in a password, too; a port is none.
  {
    rule: 'url-password',
    behind: 1,
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?)(?:\+[a-z0-9_]{1,20})?:\/\/[^\s/:@'"]{0,128}:((?!\d{1,5}(?:[/?]|$))[^\s'"]{1,96})@/gi,
  },
  {rule: 'url-password', behind: 1, pattern: /:\/\/([\w-]{20,255})@/g},
  {
    rule: 'password',
    pattern: new RegExp(
      `(?:${NAMES})\\\\?["']?[ \\t]{0,4}(?:=|:(?![:=]))[ \\t]{0,4}(?:'((?:[^'\\\\\\n]|\\\\.|''){1,1024})|\\\\?"((?:[^"\\\\\\n]|\\\\[^"]){1,1024})|(${BARE}{1,1024}))`,
      'gi',
    ),
  },
  {rule: 'password', pattern: /\bpassword[ \t]{1,8}E?'((?:[^'\n]|''){1,1024})/gi},
  {
    rule: 'authorization',
    pattern: /authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:[a-z]{1,20}[ \t]{1,4})?([^\s"',]{4,4096})/gi,
  },
  {rule: 'authorization', pattern: /\bbearer[ \t]{1,4}(?=\S{0,64}\d)([\w.~+/=-]{16,4096})/gi},
  {rule: 'json-web-token', pattern: /(?<![\w.-])(eyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,1024})/g},
  {rule: 'cloud-key', pattern: /(?<![A-Za-z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})(?![A-Za-z0-9])/g},
  {rule: 'cloud-key', pattern: /(?<![\w-])(AIza[\w-]{35})(?![\w-])/g},
  {rule: 'cloud-key', pattern: /(?<![\w.-])(ya29\.[\w-]{20,2048})/g},
  {rule: 'cloud-key', pattern: /[?&;]sig=([\w%+/=-]{20,512})/g},
  {rule: 'service-token', pattern: /(?<![\w-])(xox[a-z]-[\w-]{10,512})/g},
  {rule: 'service-token', pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/+-]{20,256})/g},
  {rule: 'service-token', pattern: TOKEN_PATTERN},
  {rule: 'service-token', pattern: /(?<![\w-])(sk-(?=[\w-]{0,64}\d)[\w-]{20,512})/g},
  {rule: 'service-token', pattern: /(?<![\w.~])([\w~.]{3}\dQ~[\w~.-]{31,34})(?![\w~-])/g},
  {rule: 'service-token', pattern: /(?<![\w-])(\d{5,16}:AA[\w-]{33})(?![\w-])/g},
];

/** Something of this has to be there before the rules are worth a look: one pattern costs a fiftieth of sixteen. */
const SIGNS = new RegExp(
  ['eyJ|A(?:KIA|SIA|BIA|CCA|Iza)|ya29\\.|sig=|xox|hooks\\.slack|sk-|Q~|:AA|SK[a-f0-9]{32}', ...TOKEN_BEGINS].join('|'),
);
const WORDS = /pass(?:w|phrase|code)|pwd|secret|token|[_-]?key["' \t]{0,8}[=:]|authorization|bearer/i;

export const isWorthALook = (text: string): boolean => text.includes('://') || SIGNS.test(text) || WORDS.test(text);

/** Only what says that it is private: certificates and public keys are evidence. */
export const KEY_BEGINS = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** Base64, the headers of an encrypted key, and `\n` as JSON writes it; the first other sign ends the key. */
export const KEY_GOES_ON = /(?:[\w+/=\s\\:,]|-(?!----))*/y;
