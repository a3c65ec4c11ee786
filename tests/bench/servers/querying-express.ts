// Express with the handler that comes to mind first: asks SQLite, joins the rows with details at hand, `res.json`.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import express from 'express';

interface Entry {
  readonly flavor_id: string;
  readonly flavor: object;
}

const { registered_flavors: entries } = JSON.parse(readFileSync(process.env['BODY_FILE']!, 'utf8')) as {
  registered_flavors: Entry[];
};
const details = new Map(entries.map(({ flavor_id: id, flavor }) => [id, flavor]));
const database = new Database(process.env['DATABASE_FILE'], { readonly: true });
const find = database.prepare<[string], { id: string; type: string }>(
  'SELECT flavor_id AS id, service_type AS type FROM registrations WHERE service_type = ? ORDER BY flavor_id',
);

const app = express();
app.get('/RegisteredFlavors/:serviceTypes', (request, response) => {
  response.json({
    registered_flavors: find.all(request.params.serviceTypes).map(({ id, type }) => ({
      flavor_id: id,
      service_types: [type],
      status: 'available',
      flavor: { ...details.get(id) },
    })),
  });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}\n`);
});
process.once('SIGTERM', () => process.exit(0));
