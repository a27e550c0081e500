// A handler of the form that .lambda() of ask-sdk-core makes: it answers by a callback.
const answer = require('./answer.js');

console.log('a line that the module prints');
setInterval(() => {}, 1000); // as a client of a database may hold a process

exports.handler = (event, context, callback) => {
  console.log('a line that the handler prints');
  Promise.resolve(event).then(answer).then((response) => callback(null, response)).catch((error) => callback(error, null));
};
