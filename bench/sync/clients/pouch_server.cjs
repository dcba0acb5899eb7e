// CouchDB's protocol from express-pouchdb over PouchDB's own LevelDB store, as its documentation starts it.
// Not here: any setting that would make it faster or safer than it comes.
const express = require('express');
const path = require('node:path');
const PouchDB = require('pouchdb');

const folder = process.argv[2];
const Stored = PouchDB.defaults({ prefix: folder + path.sep });
const app = express();
app.use('/', require('express-pouchdb')(Stored, { configPath: path.join(folder, 'config.json'), logPath: path.join(folder, 'log.txt') }));
const listening = app.listen(0, '127.0.0.1', () => console.log(`READY ${listening.address().port}`));
