// A test has no terminal of its own: Ink is told to write styles all the same, before it is loaded and decides.

process.env['FORCE_COLOR'] = '1';
