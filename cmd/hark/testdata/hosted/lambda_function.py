"""A handler of the form that lambda_handler() of ask-sdk-core makes."""
print("a line that the module prints")
open("loaded", "w").close()


def lambda_handler(event, context):
    print("a line that the handler prints")
    intent = event["request"].get("intent", {})
    if intent.get("name") == "FailIntent":
        raise ValueError("no answer to that")
    times = event["session"]["attributes"].get("times", 0) + 1
    heard = intent.get("slots", {}).get("Word", {}).get("value", "nothing")
    return {
        "version": "1.0",
        "sessionAttributes": {"times": times},
        "response": {"outputSpeech": {"type": "PlainText", "text": "{}, {}".format(heard, times)}, "shouldEndSession": False},
    }
