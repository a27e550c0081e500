#!/bin/sh
# Books a table. Alexa asks for what the model requires and has it confirmed; this
# decides what she cannot know: whether a table is free.

if [ "$ALEXA_DIALOG_STATE" != COMPLETED ]; then
  case $ALEXA_SLOT_TIME in
  19:*) echo '{"speech": "Everybody comes at seven. Is another time good for you?", "reprompt": "At what time?", "elicit": "time"}' ;;
  *) echo '{"delegate": true}' ;;
  esac
elif [ "$ALEXA_INTENT_CONFIRMATION" = DENIED ]; then
  echo "OK, no table then."
else
  # Numbers, dates, times and ids have nothing in them that JSON would mind.
  cat <<END
{"speech": "<speak><emphasis>Wonderful.</emphasis><break time='500ms'/> Your table waits for you.</speak>",
 "card": {"title": "Corner Table", "text": "$ALEXA_SLOT_PARTY people, $ALEXA_SLOT_AREA_ID\n$ALEXA_SLOT_DATE, $ALEXA_SLOT_TIME"}}
END
fi
