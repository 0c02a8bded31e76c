// How does a test's terminal learn how wide a grapheme is?

// The addon reads its table from the beginning of the memory behind a Buffer. On Node 22 so small a Buffer is a piece of a
// pool that other Buffers share, and the addon dies of 'Data error'.
const {poolSize} = Buffer;
Buffer.poolSize = 0;
export const {UnicodeGraphemesAddon} = await import('@xterm/addon-unicode-graphemes');
Buffer.poolSize = poolSize;
