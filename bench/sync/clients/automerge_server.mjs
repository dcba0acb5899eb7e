// automerge-repo as its sync server is built: websockets, files, and nothing offered that was not asked for.
// Not here: its client (automerge.mjs).
import { Repo } from '@automerge/automerge-repo';
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { WebSocketServer } from 'ws';

const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
new Repo({
  network: [new WebSocketServerAdapter(sockets)],
  storage: new NodeFSStorageAdapter(process.argv[2]),
  peerId: 'server',
  sharePolicy: async () => false,
});
sockets.on('listening', () => console.log(`READY ${sockets.address().port}`));
