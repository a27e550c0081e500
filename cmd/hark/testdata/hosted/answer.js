require('fs').writeFileSync('loaded', '');

// answer says a slot back and counts in the session.
module.exports = ({ request, session }) => {
  if (request.intent?.name === 'FailIntent') throw new Error('no answer to that');
  const times = (session.attributes.times ?? 0) + 1;
  const heard = request.intent?.slots.Word?.value ?? 'nothing';
  return {
    version: '1.0',
    sessionAttributes: { times },
    response: { outputSpeech: { type: 'PlainText', text: `${heard}, ${times}` }, shouldEndSession: false },
  };
};
