// A server whose queue of connections holds two: stopped (SIGSTOP), it answers no third attempt to connect, not even with
// a refusal, until it goes on (SIGCONT).
const server = require('node:http').createServer((_request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ from: process.argv[2] }));
});
server.listen({ host: process.argv[2], port: Number(process.argv[3]), backlog: 1 }, () => process.send('listening'));
