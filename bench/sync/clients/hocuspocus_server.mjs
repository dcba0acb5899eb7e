// Hocuspocus with its SQLite extension and every default. Not here: anything tuned.
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';
import path from 'node:path';

const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  extensions: [new SQLite({ database: path.join(process.argv[2], 'documents.sqlite') })],
});
await server.listen();
console.log(`READY ${server.address.port}`);
