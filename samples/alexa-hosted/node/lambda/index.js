// Capital Quiz, an Alexa skill: asks for capitals and keeps the score for as
// long as the session is open.
const Alexa = require('ask-sdk-core');
const scoreboard = require('./scoreboard.json');

const QUESTIONS = [
  ['Norway', 'Oslo'],
  ['Kenya', 'Nairobi'],
  ['Peru', 'Lima'],
];

const LaunchRequestHandler = {
  canHandle({ requestEnvelope }) {
    return Alexa.getRequestType(requestEnvelope) === 'LaunchRequest';
  },
  handle({ attributesManager, responseBuilder }) {
    attributesManager.setSessionAttributes({ asked: 0, right: 0 });
    return responseBuilder
      .speak(`Welcome to Capital Quiz. <break time="300ms"/> ${question(0)}`)
      .reprompt(question(0))
      .getResponse();
  },
};

const AnswerIntentHandler = {
  canHandle: forIntent('AnswerIntent'),
  handle({ requestEnvelope, attributesManager, responseBuilder }) {
    const { asked = 0, right = 0 } = attributesManager.getSessionAttributes();
    const capital = QUESTIONS[asked][1];
    const correct = (Alexa.getSlotValue(requestEnvelope, 'City') ?? '').toLowerCase() === capital.toLowerCase();
    const score = { asked: asked + 1, right: right + (correct ? 1 : 0) };
    const verdict = correct
      ? '<say-as interpret-as="interjection">well done</say-as>.'
      : `No, it is ${capital}.`;

    attributesManager.setSessionAttributes(score);
    show(requestEnvelope, responseBuilder, score);
    if (score.asked < QUESTIONS.length) {
      const next = question(score.asked);
      return responseBuilder.speak(`${verdict} ${next}`).reprompt(next).getResponse();
    }
    return responseBuilder
      .speak(`${verdict} You knew ${score.right} of ${QUESTIONS.length}.`)
      .withStandardCard('Capital Quiz', `You knew ${score.right} of ${QUESTIONS.length}.`, 'https://example.com/small.png', 'https://example.com/large.png')
      .withShouldEndSession(true)
      .getResponse();
  },
};

const HelpIntentHandler = {
  canHandle: forIntent('AMAZON.HelpIntent'),
  handle({ attributesManager, responseBuilder }) {
    const again = question(attributesManager.getSessionAttributes().asked ?? 0);
    return responseBuilder.speak(`I name a country, and you its capital. ${again}`).reprompt(again).getResponse();
  },
};

const StopIntentHandler = {
  canHandle: forIntent('AMAZON.StopIntent', 'AMAZON.CancelIntent', 'AMAZON.NavigateHomeIntent'),
  handle({ responseBuilder }) {
    return responseBuilder.speak('Goodbye.').withShouldEndSession(true).getResponse();
  },
};

const SessionEndedRequestHandler = {
  canHandle({ requestEnvelope }) {
    return Alexa.getRequestType(requestEnvelope) === 'SessionEndedRequest';
  },
  handle({ requestEnvelope, responseBuilder }) {
    console.log(`The session ended: ${requestEnvelope.request.reason}`);
    return responseBuilder.getResponse();
  },
};

const ErrorHandler = {
  canHandle() {
    return true;
  },
  handle({ responseBuilder }, error) {
    console.error(error.message);
    return responseBuilder.speak('Sorry, I lost the thread. Please say it again.').reprompt('Please say it again.').getResponse();
  },
};

const LogRequest = {
  process({ requestEnvelope }) {
    console.log(`A request came: ${Alexa.getRequestType(requestEnvelope)}`);
  },
};

function forIntent(...names) {
  return ({ requestEnvelope }) =>
    Alexa.getRequestType(requestEnvelope) === 'IntentRequest' && names.includes(Alexa.getIntentName(requestEnvelope));
}

function question(number) {
  return `What is the capital of ${QUESTIONS[number][0]}?`;
}

// show puts the score on the screen of a device that has one.
function show(requestEnvelope, responseBuilder, { asked, right }) {
  if (Alexa.getSupportedInterfaces(requestEnvelope)['Alexa.Presentation.APL']) {
    responseBuilder.addDirective({
      type: 'Alexa.Presentation.APL.RenderDocument',
      token: 'scoreboard',
      document: scoreboard,
      datasources: { score: { text: `${right} of ${asked}` } },
    });
  }
}

exports.handler = Alexa.SkillBuilders.custom()
  .addRequestHandlers(
    LaunchRequestHandler,
    AnswerIntentHandler,
    HelpIntentHandler,
    StopIntentHandler,
    SessionEndedRequestHandler,
  )
  .addRequestInterceptors(LogRequest)
  .addErrorHandlers(ErrorHandler)
  .lambda();
