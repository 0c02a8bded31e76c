// Which languages a text has, and that it has all of them.

export type Locale = 'en' | 'ko';

/** A text in every language of the tool; a runbook that lacks one does not load. */
export type LocalText = Readonly<Record<Locale, string>>;
