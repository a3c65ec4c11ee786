// Express with its default settings and a fixed answer: as fast as a service on Express can be.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';

const body = readFileSync(process.env['BODY_FILE']!, 'utf8');
const app = express();
const ROUTES = [
  '/RegisteredFlavors',
  '/RegisteredFlavors/:serviceTypes',
  '/RegisteredFlavors/:serviceTypes/:flavorIDs',
];
app.get(ROUTES, (_request, response) => {
  response.type('json').send(body);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}\n`);
});
process.once('SIGTERM', () => process.exit(0));
