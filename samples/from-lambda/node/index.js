// Garden Birds, an Alexa skill: counts the birds that somebody sees from the
// window for as long as the session is open.
const Alexa = require('ask-sdk-core');

const QUESTION = 'Which bird do you see?';

const LaunchRequestHandler = {
  canHandle({ requestEnvelope }) {
    return Alexa.getRequestType(requestEnvelope) === 'LaunchRequest';
  },
  handle({ responseBuilder }) {
    return responseBuilder
      .speak(`Binoculars ready. ${QUESTION}`)
      .reprompt(QUESTION)
      .getResponse();
  },
};

// "three robins" counts them. "three" alone is kept until the bird is named.
const CountBirdIntentHandler = {
  canHandle: forIntent('CountBirdIntent'),
  handle({ requestEnvelope, attributesManager, responseBuilder }) {
    const attributes = attributesManager.getSessionAttributes();
    const bird = meaning(Alexa.getSlot(requestEnvelope, 'Bird'));
    const number = Number.parseInt(Alexa.getSlotValue(requestEnvelope, 'Number'), 10);

    if (!bird) {
      const question = number > 0 ? `${number} of which bird?` : QUESTION;
      attributesManager.setSessionAttributes({ ...attributes, pending: number > 0 ? number : undefined });
      return responseBuilder.speak(question).reprompt(question).getResponse();
    }
    const counts = { ...attributes.counts };
    counts[bird] = (counts[bird] ?? 0) + (number > 0 ? number : attributes.pending ?? 1);
    attributesManager.setSessionAttributes({ ...attributes, counts, pending: undefined });
    return responseBuilder
      .speak(`That makes ${birds(counts[bird], bird)}. What else?`)
      .reprompt('What else do you see? You can also say: how many so far.')
      .getResponse();
  },
};

const TallyIntentHandler = {
  canHandle: forIntent('TallyIntent'),
  handle({ attributesManager, responseBuilder }) {
    return responseBuilder
      .speak(`You have seen ${tally(attributesManager)}. What else?`)
      .reprompt(QUESTION)
      .getResponse();
  },
};

const HelpIntentHandler = {
  canHandle: forIntent('AMAZON.HelpIntent'),
  handle({ responseBuilder }) {
    return responseBuilder
      .speak(`Tell me what you see, such as: three robins. Or ask: how many so far. ${QUESTION}`)
      .reprompt(QUESTION)
      .getResponse();
  },
};

const StopIntentHandler = {
  canHandle: forIntent('AMAZON.StopIntent', 'AMAZON.CancelIntent'),
  handle({ attributesManager, responseBuilder }) {
    const seen = tally(attributesManager);
    return responseBuilder
      .speak(`You have seen ${seen}. Goodbye.`)
      .withSimpleCard('Garden Birds', `Seen: ${seen}.`)
      .withShouldEndSession(true)
      .getResponse();
  },
};

const FallbackIntentHandler = {
  canHandle: forIntent('AMAZON.FallbackIntent'),
  handle({ responseBuilder }) {
    return responseBuilder
      .speak(`I only know about birds. ${QUESTION}`)
      .reprompt(QUESTION)
      .getResponse();
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
    return responseBuilder
      .speak('Sorry, that one flew away. Please say it again.')
      .reprompt(QUESTION)
      .getResponse();
  },
};

function forIntent(...names) {
  return ({ requestEnvelope }) =>
    Alexa.getRequestType(requestEnvelope) === 'IntentRequest' && names.includes(Alexa.getIntentName(requestEnvelope));
}

// meaning is the name of the value that entity resolution found, or else what
// was heard.
function meaning(slot) {
  const match = slot?.resolutions?.resolutionsPerAuthority?.find((a) => a.status.code === 'ER_SUCCESS_MATCH');
  return match?.values[0].value.name ?? slot?.value;
}

function birds(number, bird) {
  return number === 1 ? `one ${bird}` : `${number} ${bird}s`;
}

function tally(attributesManager) {
  const counts = Object.entries(attributesManager.getSessionAttributes().counts ?? {});
  const list = new Intl.ListFormat('en', { type: 'conjunction' });
  return counts.length ? list.format(counts.map(([bird, number]) => birds(number, bird))) : 'no birds yet';
}

exports.handler = Alexa.SkillBuilders.custom()
  .addRequestHandlers(
    LaunchRequestHandler,
    CountBirdIntentHandler,
    TallyIntentHandler,
    HelpIntentHandler,
    StopIntentHandler,
    FallbackIntentHandler,
    SessionEndedRequestHandler,
  )
  .addErrorHandlers(ErrorHandler)
  .lambda();
