// What becomes of a picture that is to be drawn as PNG?

export type WhyNotDrawn = Readonly<
  /** Whatever draws has thrown this, or could not be started. */
  | {code: 'failed'; message: string}
  /** It ended in the middle of the picture, without a word. */
  | {code: 'ended'; exitCode: number}
  | {code: 'too-slow'; afterMs: number}
  /** Nobody waits for it any more: the run was left first. */
  | {code: 'left'}
>;

export type Drawing =
  | Readonly<{kind: 'drawn'; png: Uint8Array}>
  /** No font of this machine has these signs. */
  | Readonly<{kind: 'signs-missing'; missing: readonly string[]}>
  | Readonly<{kind: 'not-drawn'; because: WhyNotDrawn}>;
