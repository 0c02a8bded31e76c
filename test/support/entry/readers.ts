// A program of its own that reads a view over many connections and says how long its reads waited. In the test's own
// process they would wait for the test as well.
//
// node readers.ts <connection URL> <connections> <query>
// Prints 'ready' once every connection has read, and the measurements as one line of JSON when its input ends.

import {Client} from 'pg';

/** 20 ms between two reads of a connection: some 50 a second each, as many as a web application makes. */
const PAUSE_MS = 20;

const [url = '', connections = '20', query = ''] = process.argv.slice(2);
const waitsMs: number[] = [];
const errors: string[] = [];
let isStopping = false;
process.stdin.resume().once('end', () => (isStopping = true));

const read = async (client: Client): Promise<void> => {
  const began = performance.now();
  try {
    await client.query(query);
    waitsMs.push(performance.now() - began);
  } catch (error) {
    errors.push(error instanceof Error && 'code' in error ? `${String(error.code)} ${error.message}` : String(error));
  }
};

const clients = await Promise.all(
  Array.from({length: Number(connections)}, async () => {
    const client = new Client({connectionString: url, application_name: 'reader'});
    await client.connect();
    // The first read fills this session's caches.
    await client.query(query);
    return client;
  }),
);
process.stdout.write('ready\n');
await Promise.all(
  clients.map(async (client) => {
    while (!isStopping) {
      await read(client);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    await client.end();
  }),
);
const sorted = waitsMs.toSorted((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({reads: sorted.length, medianMs: sorted[Math.floor(sorted.length / 2)], longestMs: sorted.at(-1), errors})}\n`,
);
