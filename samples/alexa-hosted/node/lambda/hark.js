// What a handler for Lambda needs to be a program: a request on STDIN, its answer on STDOUT, and what it logs on STDERR.
console = new console.Console(process.stderr);
const { handler } = require('./index.js');
const event = JSON.parse(require('fs').readFileSync(0)); // where a process that was started ahead waits
const done = (error, answer) => { if (error) throw error; process.stdout.write(JSON.stringify(answer), () => process.exit()); };
Promise.resolve(handler(event, {}, done)).then((answer) => answer && done(null, answer));
