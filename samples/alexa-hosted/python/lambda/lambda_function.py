"""Kitchen Grams, an Alexa skill: tells what a cup of something weighs."""
import logging

import ask_sdk_core.utils as ask_utils
from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model.ui import SimpleCard

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

GRAMS = {"flour": 125, "sugar": 200, "butter": 227, "rice": 185}
QUESTION = "What would you like to weigh?"


class LaunchRequestHandler(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return ask_utils.is_request_type("LaunchRequest")(handler_input)

    def handle(self, handler_input):
        return (
            handler_input.response_builder
            .speak("Scales ready. <break time=\"300ms\"/> " + QUESTION)
            .ask(QUESTION)
            .response
        )


class WeighIntentHandler(AbstractRequestHandler):
    """Two cups of flour", and then "and sugar" for as many cups of it."""

    def can_handle(self, handler_input):
        return ask_utils.is_intent_name("WeighIntent")(handler_input)

    def handle(self, handler_input):
        attributes = handler_input.attributes_manager.session_attributes
        ingredient = (ask_utils.get_slot_value(handler_input, "Ingredient") or "").lower()
        cups = int(ask_utils.get_slot_value(handler_input, "Cups") or attributes.get("cups", 1))
        attributes["cups"] = cups
        if ingredient not in GRAMS:
            print("not on the list:", len(ingredient), "letters")
            return (
                handler_input.response_builder
                .speak("I can weigh " + ", ".join(GRAMS) + ". " + QUESTION)
                .ask(QUESTION)
                .response
            )
        weight = "{} {} of {} weigh {} grams.".format(cups, "cup" if cups == 1 else "cups", ingredient, cups * GRAMS[ingredient])
        return (
            handler_input.response_builder
            .speak(weight)
            .set_card(SimpleCard("Kitchen Grams", weight))
            .ask("What else?")
            .response
        )


class HelpIntentHandler(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return ask_utils.is_intent_name("AMAZON.HelpIntent")(handler_input)

    def handle(self, handler_input):
        return handler_input.response_builder.speak("Say, for instance: two cups of flour. " + QUESTION).ask(QUESTION).response


class CancelOrStopIntentHandler(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return any(ask_utils.is_intent_name("AMAZON." + name)(handler_input)
                   for name in ("CancelIntent", "StopIntent", "NavigateHomeIntent"))

    def handle(self, handler_input):
        return handler_input.response_builder.speak("Goodbye.").set_should_end_session(True).response


class SessionEndedRequestHandler(AbstractRequestHandler):
    def can_handle(self, handler_input):
        return ask_utils.is_request_type("SessionEndedRequest")(handler_input)

    def handle(self, handler_input):
        logger.info("the session ended: %s", handler_input.request_envelope.request.reason)
        return handler_input.response_builder.response


class CatchAllExceptionHandler(AbstractExceptionHandler):
    def can_handle(self, handler_input, exception):
        return True

    def handle(self, handler_input, exception):
        logger.error(exception, exc_info=True)
        return handler_input.response_builder.speak("Sorry, I lost the thread. Please say it again.").ask("Please say it again.").response


sb = SkillBuilder()
sb.add_request_handler(LaunchRequestHandler())
sb.add_request_handler(WeighIntentHandler())
sb.add_request_handler(HelpIntentHandler())
sb.add_request_handler(CancelOrStopIntentHandler())
sb.add_request_handler(SessionEndedRequestHandler())
sb.add_exception_handler(CatchAllExceptionHandler())

lambda_handler = sb.lambda_handler()
