// A process that opens a tunnel and then does nothing: for a test that kills it.

import {openLine} from '../../../src/adapters/tunnel/tunnel.ts';
import type {Via} from '../../../src/core/via.ts';

const order = JSON.parse(process.argv[2] ?? '') as Readonly<{via: Via; to: Readonly<{host: string; port: number}>}>;
const opened = await openLine(order.via, order.to, process.env);
process.stdout.write(`${JSON.stringify(opened.ok ? {port: opened.line.port} : opened.trouble)}\n`);
setInterval(() => undefined, 60_000);
