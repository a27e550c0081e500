// A handler of the form that Lambda wants from Node 24 on: it returns a promise.
const answer = require('./answer.js');

setInterval(() => {}, 1000);

exports.handler = async (event, context) => {
  console.info('a line that the handler prints', context.awsRequestId);
  return answer(event);
};
