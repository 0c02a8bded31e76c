// A value that must never be printed: it looks like `[secret]` everywhere but where it is opened on purpose.

const values = new WeakMap<object, string>();

/** Opaque on purpose: no property, no JSON, no template string gives the value away. */
export type Secret = Readonly<{toString: () => string; toJSON: () => string}>;

export const secret = (value: string): Secret => {
  const hidden = {toString: () => '[secret]', toJSON: () => '[secret]'};
  values.set(hidden, value);
  return hidden;
};

/** Only adapters may call this. */
export const reveal = (hidden: Secret): string => values.get(hidden) ?? '';
