// Which tokens of services say by their own shape what they are?
//
// The shapes (how a token begins, its alphabet, how long it is) are facts from the rules of gitleaks, v8 (MIT), which is
// the list of them that is kept best. It is a program in Go, its patterns are written for another engine, and no package
// has them as data; so the facts are here, and the patterns are ours.

/** `begins` as it stands in the token; then at least `least` signs of `signs`. */
export type TokenShape = Readonly<{service: string; begins: string; signs: string; least: number; most?: number}>;

const HEX = 'a-f0-9';
const LETTERS = 'A-Za-z0-9';
const WORD = '\\w-';

const shape = (service: string, begins: string, signs: string, least: number, most = 512): TokenShape => ({
  service,
  begins,
  signs,
  least,
  most,
});

export const TOKEN_SHAPES: readonly TokenShape[] = [
  shape('1Password', 'ops_eyJ', `${LETTERS}+/=`, 250, 4096),
  shape('age', 'AGE-SECRET-KEY-1', 'A-Z0-9', 58, 58),
  shape('Alibaba Cloud', 'LTAI', LETTERS, 20, 20),
  shape('Atlassian', 'ATATT3', `${WORD}=`, 100),
  shape('Databricks', 'dapi', HEX, 32, 32),
  ...['doo_v1_', 'dop_v1_', 'dor_v1_'].map((begins) => shape('DigitalOcean', begins, HEX, 64, 64)),
  shape('Doppler', 'dp.pt.', LETTERS, 43),
  shape('Dynatrace', 'dt0c01.', 'A-Z0-9.', 80),
  shape('Fly.io', 'fo1_', WORD, 43),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((begins) => shape('GitHub', begins, LETTERS, 30)),
  shape('GitHub', 'github_pat_', '\\w', 22),
  ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'glsoat-', 'gloas-'].map(
    (begins) => shape('GitLab', begins, `${WORD}.`, 20),
  ),
  shape('Grafana', 'glsa_', '\\w', 32),
  shape('Grafana', 'glc_eyJ', `${LETTERS}+/=`, 32),
  ...['hvs.', 'hvb.'].map((begins) => shape('HashiCorp Vault', begins, WORD, 20)),
  shape('Heroku', 'HRKU-AA', WORD, 58),
  shape('Hugging Face', 'hf_', LETTERS, 34),
  shape('Linear', 'lin_api_', LETTERS, 40),
  shape('Mailgun', 'key-', HEX, 32, 32),
  shape('New Relic', 'NRAK-', 'A-Z0-9', 27),
  shape('npm', 'npm_', LETTERS, 36),
  ...['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'].map((begins) => shape('PlanetScale', begins, `${WORD}=.`, 32)),
  shape('Postman', 'PMAK-', `${HEX}-`, 59),
  shape('Pulumi', 'pul-', HEX, 40, 40),
  shape('PyPI', 'pypi-AgEIcHlwaS5vcmc', WORD, 50),
  shape('RubyGems', 'rubygems_', HEX, 48, 48),
  shape('SendGrid', 'SG.', `${WORD}.=`, 60),
  shape('Brevo', 'xkeysib-', `${LETTERS}-`, 80),
  shape('Sentry', 'sntrys_eyJ', `${LETTERS}+/=_`, 60),
  shape('Sentry', 'sntryu_', HEX, 64),
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((begins) => shape('Shopify', begins, 'a-fA-F0-9', 32)),
  shape('Slack', 'xapp-', `${LETTERS}-`, 20),
  shape('Square', 'sq0atp-', WORD, 22),
  shape('Square', 'sq0csp-', WORD, 43),
  ...['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_', 'whsec_'].map((begins) =>
    shape('Stripe', begins, LETTERS, 10),
  ),
  shape('Tailscale', 'tskey-', WORD, 20),
  shape('Twilio', 'SK', HEX, 32, 32),
];

const escaped = (text: string): string => text.replaceAll(/[.+]/g, '\\$&');

/** Longer beginnings first, so that none is taken for a shorter one. */
const byLength = TOKEN_SHAPES.toSorted((a, b) => b.begins.length - a.begins.length);

/** Anything of this has to be there before the pattern is worth a look. */
export const TOKEN_BEGINS = [...new Set(byLength.map(({begins}) => escaped(begins)))].filter(
  (begins) => begins !== 'SK',
);

/** What stands before or after a token is no sign of one. */
export const TOKEN_PATTERN = new RegExp(
  `(?<![\\w-])(${byLength.map(({begins, signs, least, most}) => `${escaped(begins)}[${signs}]{${least},${most ?? ''}}`).join('|')})(?![\\w])`,
  'g',
);
