// As values_of_sdk.py: prints what this service comes to. Its first argument is the folder of the sources.
const readline = require('node:readline');
const path = require('node:path');
const source = (file) => require(path.join(process.argv[2], file));
const { readProcessConfig } = source('config/config.ts');
const { authBody } = source('openstack/credentials.ts');

function values({ environment, folder }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(folder);
  const { openstack, warnings } = readProcessConfig();
  const { authUrl, credentials, endpoint, ca } = openstack;
  return { auth_url: authUrl, login: authBody(credentials), ...endpoint, ca, warnings };
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  let found;
  try {
    found = values(JSON.parse(line));
  } catch (error) {
    found = { error: error.name, mistakes: error.mistakes ?? [error.message] };
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
});
